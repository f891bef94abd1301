"""What changed inside a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from migrate.review.diff.model import Mark, Span

_STRING = r"""[rbfuRBFU]{0,2}(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_NUMBER = r"\d(?:[\w.]|(?<=[eE])[+-])*"
_OPERATOR = r"\*\*=?|//=?|<<=?|>>=?|[-+*/%@&|^=!<>:]=|->|\.\.\."
_TOKEN = re.compile(rf"{_STRING}|{_NUMBER}|\w+|\s+|{_OPERATOR}|.", re.DOTALL)
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)

_MANY = 400
"""Tokens of a line that are compared at most; of longer ones only the beginning and the end."""
_LITTLE = 0.42
"""The share of the words of a line that have to stay; else the line is another one."""

Range = tuple[int, int]


def tokens(line: str) -> list[str]:
    """The words, numbers, strings, operators and spaces of a line; together they are the line."""
    return _TOKEN.findall(line)


def changed_words(left: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Compares two lines that belong together.

    Args:
        left: The line before.
        right: The line after.

    Returns:
        What the left line loses, and what the right one gains; nothing of either where they have little in common.
    """
    a, b = tokens(left), tokens(right)
    start, end = _ends(a, b)
    same = [(0, 0, start), *_same(a, b, start, end), (len(a) - end, len(b) - end, end)]
    if not _is_same(left, right, len(a) + len(b), [token for i, _, size in same for token in a[i : i + size]]):
        return (), ()
    removed: list[Range] = []
    added: list[Range] = []
    for (i, i_end), (j, j_end) in _changes(a, b, same):
        one, two = _inside(a[i:i_end], b[j:j_end])
        removed += [(x + sum(map(len, a[:i])), y + sum(map(len, a[:i]))) for x, y in one]
        added += [(x + sum(map(len, b[:j])), y + sum(map(len, b[:j]))) for x, y in two]
    return _spans(left, removed, Mark.REMOVED), _spans(right, added, Mark.ADDED)


def _ends(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """How many tokens are the same at the beginning, and at the end."""
    limit = min(len(a), len(b))
    start = next((index for index in range(limit) if a[index] != b[index]), limit)
    limit -= start
    return start, next((index for index in range(limit) if a[-1 - index] != b[-1 - index]), limit)


def _same(a: Sequence[str], b: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Runs of the same tokens between the same beginning and end."""
    a, b = a[start : len(a) - end], b[start : len(b) - end]
    if len(a) > _MANY or len(b) > _MANY:
        return
    for i, j, size in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        # A comma or a space that both happen to have does not make two changes of one.
        if any(map(_is_word, a[i : i + size])):
            yield i + start, j + start, size


def _is_same(left: str, right: str, count: int, kept: Sequence[str]) -> bool:
    """Whether enough of the words of two lines is kept; of a very long line nobody knows."""
    if count > _MANY or left.strip() == right.strip():
        return True
    most = max(sum(map(_is_word, tokens(line))) for line in (left, right))
    return most > 0 and sum(map(_is_word, kept)) >= _LITTLE * most


def _is_word(token: str) -> bool:
    """Whether it says something that both lines have a token."""
    return any(char.isalnum() or char in "_'\"" for char in token)


def _changes(a: Sequence[str], b: Sequence[str], same: Sequence[tuple[int, int, int]]) -> Iterator[tuple[Range, Range]]:
    """The token ranges between runs of the same tokens."""
    i = j = 0
    for x, y, size in [*same, (len(a), len(b), 0)]:
        if i < x or j < y:
            yield (i, x), (j, y)
        i, j = x + size, y + size


def _inside(a: Sequence[str], b: Sequence[str]) -> tuple[list[Range], list[Range]]:
    """The characters that change where some tokens replace others; of a string for a string only its changed words."""
    left, right = "".join(a), "".join(b)
    if len(a) == len(b) == 1 and a[0][-1] == b[0][-1] and a[0][-1] in "'\"":
        one, two = _WORD.findall(left), _WORD.findall(right)
        start, end = _ends(one, two)
        middle = len("".join(one[:start])), len("".join(one[len(one) - end :]))
        if 2 * sum(middle) > max(len(left), len(right)):
            return [(middle[0], len(left) - middle[1])], [(middle[0], len(right) - middle[1])]
    return [(0, len(left))], [(0, len(right))]


def _spans(line: str, ranges: Sequence[Range], mark: Mark) -> tuple[Span, ...]:
    """Spans of a line, without empty ones; what only spaces part is one."""
    joined: list[Range] = []
    for start, end in ranges:
        if start == end:
            continue
        if joined and not line[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(Span(start, end, mark) for start, end in joined)
