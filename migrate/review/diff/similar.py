"""Which changed lines belong together: those that have many words in common."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from migrate.review.diff.words import tokens

_ALIKE = 0.5
"""The share of words that two lines have in common, where one is taken for the other."""
_LIMIT = 20_000
"""Pairs of lines that are compared at most for one change; in a larger one each line only with that next to it."""

_EVERYWHERE = frozenset({"self", "tf"})

Pair = tuple[int, int]


@lru_cache(maxsize=4096)
def words(line: str) -> frozenset[str]:
    """The names, numbers and strings of a line, as far as they tell it from others."""
    every = frozenset(token.strip("'\"") for token in tokens(line) if any(map(str.isalnum, token)))
    return every - _EVERYWHERE or every


def likeness(left: str, right: str) -> float:
    """How much two lines have in common, from 0 to 1."""
    a, b = words(left), words(right)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def alike(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Pairs the lines of a change, in order, such that as much as possible is alike.

    Args:
        left: The removed lines.
        right: The lines in their place.

    Returns:
        Pairs of indices.
    """
    if len(left) * len(right) > _LIMIT:
        # As where each line of a file has changed a little.
        return [(at, at) for at, (a, b) in enumerate(zip(left, right, strict=False)) if likeness(a, b) >= _ALIKE]
    # best[i][j]: how much left[i:] and right[j:] can have in common.
    scores = [[score if (score := likeness(a, b)) >= _ALIKE else 0.0 for b in right] for a in left]
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in reversed(range(len(left))):
        row, below, here = best[i], best[i + 1], scores[i]
        for j in reversed(range(len(right))):
            row[j] = max(row[j + 1], below[j], below[j + 1] + here[j])
    pairs = []
    i = j = 0
    while i < len(left) and j < len(right):
        if scores[i][j] and best[i][j] == best[i + 1][j + 1] + scores[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
