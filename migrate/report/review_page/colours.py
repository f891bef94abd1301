"""Syntax colours of Python source: a class for each piece of a line."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

from migrate.review.diff.model import split

if TYPE_CHECKING:
    from pygments.token import _TokenType

Piece = tuple[int, int, str]
"""From and to which character of a line, and its class."""

_LONGEST = 400_000
"""Characters; a longer text stays without colours."""

# By kind of token, the most special first.
_CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "c"),
    (String.Doc, "c"),
    (String, "s"),
    (Number, "n"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (Name.Decorator, "a"),
    (Name.Class, "d"),
    (Name.Function, "d"),
    (Name.Builtin, "b"),
)


@lru_cache(maxsize=8)
def coloured_lines(text: str) -> tuple[tuple[Piece, ...], ...]:
    """The coloured pieces of each line; the lines are those of `migrate.review.diff.rows.split`."""
    lines = [line for line, _ in split(text)]
    if len(text) > _LONGEST:
        return ((),) * len(lines)
    found: list[list[Piece]] = [[] for _ in lines]
    at = column = 0
    for _, kind, value in PythonLexer().get_tokens_unprocessed("\n".join(lines)):
        name = _class_of(kind)
        for number, part in enumerate(value.split("\n")):
            if number:
                at, column = at + 1, 0
            if name and part.strip():
                start = found[at].pop()[0] if found[at] and found[at][-1][1:] == (column, name) else column
                found[at].append((start, column + len(part), name))
            column += len(part)
    return tuple(map(tuple, found))


def pieces(
    colours: tuple[Piece, ...], words: tuple[tuple[int, int], ...], length: int
) -> list[tuple[int, int, str, bool]]:
    """Cuts a line where a colour or a changed word begins or ends.

    Args:
        colours: Its coloured pieces.
        words: From and to which character it was changed.
        length: How many characters it has.

    Returns:
        From and to which character, the class of the colour or nothing, and whether it was changed; gapless.
    """
    cuts = sorted({0, length, *chain.from_iterable(piece[:2] for piece in colours), *chain.from_iterable(words)})
    cut = []
    for start, end in pairwise(cuts):
        name = next((name for first, last, name in colours if first <= start < last), "")
        cut.append((start, end, name, any(first <= start < last for first, last in words)))
    return cut


@cache
def _class_of(kind: _TokenType) -> str:
    return next((name for parent, name in _CLASSES if kind in parent), "")
