"""The kinds of words in Python text, for colours."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from migrate.review.diff.model import split

if TYPE_CHECKING:
    from pygments.token import _TokenType

_LONGEST = 2_000_000
"""Characters of a text that is coloured at most."""
_LONGEST_LINE = 5_000
"""The same of a line: who looks at a longer one does not read it, and each of its words would take time to paint."""


class Kind(StrEnum):
    """What a word is."""

    COMMENT = "comment"
    KEYWORD = "keyword"
    STRING = "string"
    NUMBER = "number"
    DEFINITION = "definition"
    """The name of a function or class where it is defined."""
    BUILTIN = "builtin"
    DECORATOR = "decorator"


class Word(NamedTuple):
    """Some characters of a line.

    Attributes:
        start: The first of them.
        end: Behind the last one.
        kind: What they are.
    """

    start: int
    end: int
    kind: Kind


@lru_cache(maxsize=8)
def words_of(text: str) -> tuple[tuple[Word, ...], ...]:
    """Finds the words that have a colour.

    Args:
        text: Python text; what is none gets the colours of what it looks like.

    Returns:
        The words of each line, in order; none where the text is too long.
    """
    lines = [line for line, _ in split(text)]
    made: list[list[Word]] = [[] for _ in lines]
    if len(text) > _LONGEST:
        return tuple(map(tuple, made))
    number = start = 0
    for kind, token in _tokens("\n".join(lines)):
        # A string may have several lines.
        for index, part in enumerate(token.split("\n")):
            if index:
                number, start = number + 1, 0
            end = start + len(part)
            if kind is not None and part and len(lines[number]) <= _LONGEST_LINE:
                _append(made[number], Word(start, end, kind))
            start = end
    return tuple(map(tuple, made))


def _append(words: list[Word], word: Word) -> None:
    """Adds a word; a string comes in pieces."""
    if words and words[-1].end == word.start and words[-1].kind is word.kind:
        words[-1] = Word(words[-1].start, word.end, word.kind)
    else:
        words.append(word)


def _tokens(text: str) -> Iterator[tuple[Kind | None, str]]:
    from pygments.lexers.python import PythonLexer  # only who looks at code pays for it
    from pygments.token import Comment, Keyword, Name, Number, Operator, String

    kinds: dict[_TokenType, Kind | None] = {
        Comment: Kind.COMMENT,
        Keyword: Kind.KEYWORD,
        Operator.Word: Kind.KEYWORD,
        String: Kind.STRING,
        Number: Kind.NUMBER,
        Name.Function: Kind.DEFINITION,
        Name.Class: Kind.DEFINITION,
        Name.Builtin: Kind.BUILTIN,
        Name.Builtin.Pseudo: None,  # `self` is everywhere, and needs no colour
        Name.Decorator: Kind.DECORATOR,
    }
    known: dict[_TokenType, Kind | None] = {}
    for _, token, part in PythonLexer().get_tokens_unprocessed(text):
        if token not in known:
            known[token] = next((kinds[one] for one in reversed(token.split()) if one in kinds), None)
        yield known[token], part
