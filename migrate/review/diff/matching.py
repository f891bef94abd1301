"""Which lines of two texts are the same ones.

As patience diff does: lines that occur once on both sides are matched first, as they say most about what belongs
together, then what lies between them in the same way, and what is left by a longest common subsequence. A brace or an
empty line thus never tears a function apart that stayed whole.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from migrate.review.diff.lcs import common
from migrate.review.diff.slide import slid

Pair = tuple[int, int]


def is_telling(line: str) -> bool:
    """Whether a line says enough to be recognized elsewhere; `)`, `else:` and an empty line do not."""
    return sum(map(str.isalnum, line)) > 4


def matches(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Matches equal lines.

    Args:
        left: The lines before.
        right: The lines after.

    Returns:
        Pairs of indices, in order on both sides.
    """
    found: list[Pair] = []
    todo = [(0, len(left), 0, len(right))]
    while todo:
        i, i_end, j, j_end = todo.pop()
        while i < i_end and j < j_end and left[i] == right[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and left[i_end - 1] == right[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            found.append((i_end, j_end))
        if i == i_end or j == j_end:
            continue
        anchors = _anchors(left, right, i, i_end, j, j_end)
        if not anchors:
            found += _rest(left, right, i, i_end, j, j_end)
            continue
        for x, y in [*anchors, (i_end, j_end)]:
            todo.append((i, x, j, y))
            i, j = x, y
    return slid(left, right, sorted(found))


def gaps(pairs: Sequence[Pair], left: int, right: int) -> Iterator[tuple[range, range]]:
    """What lies between matches.

    Args:
        pairs: The matches, in order.
        left: How many lines there are on the left side.
        right: How many there are on the right side.

    Yields:
        Ranges of the left and of the right side that belong together; at most one of them is empty.
    """
    i = j = 0
    for x, y in [*pairs, (left, right)]:
        if i < x or j < y:
            yield range(i, x), range(j, y)
        i, j = x + 1, y + 1


def _anchors(left: Sequence[str], right: Sequence[str], i: int, i_end: int, j: int, j_end: int) -> list[Pair]:
    """The longest chain of lines that occur once on both sides; a line is passed on to be matched by what follows."""
    once = _once(left, i, i_end)
    there = _once(right, j, j_end)
    pairs = [(x, there[line]) for line, x in once.items() if line in there and is_telling(line)]
    pairs.sort()
    tails: list[int] = []  # the last right index of the best chain of each length
    at: list[int] = []  # which pair that is
    before: list[int | None] = []
    for index, (_, y) in enumerate(pairs):
        length = bisect_left(tails, y)
        before.append(at[length - 1] if length else None)
        if length == len(tails):
            tails.append(y)
            at.append(index)
        else:
            tails[length], at[length] = y, index
    chain = []
    index_or_none = at[-1] if at else None
    while index_or_none is not None:
        chain.append(pairs[index_or_none])
        index_or_none = before[index_or_none]
    chain.reverse()
    return chain


def _once(lines: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Where the lines are that occur once."""
    counts = Counter(lines[start:end])
    return {lines[index]: index for index in range(start, end) if counts[lines[index]] == 1}


def _rest(left: Sequence[str], right: Sequence[str], i: int, i_end: int, j: int, j_end: int) -> list[Pair]:
    """What can be matched of lines that occur more than once; lines that one side does not have are left out first."""
    here, there = set(left[i:i_end]), set(right[j:j_end])
    xs = [x for x in range(i, i_end) if left[x] in there]
    ys = [y for y in range(j, j_end) if right[y] in here]
    pairs = [(xs[x], ys[y]) for x, y in common([left[x] for x in xs], [right[y] for y in ys])]
    return list(_joined(pairs, left, i, i_end, j, j_end))


def _joined(pairs: list[Pair], left: Sequence[str], i: int, i_end: int, j: int, j_end: int) -> Iterator[Pair]:
    """The matches without those that only tear a change apart: an empty line or a brace with changes on both sides."""
    start = 0
    for index, (x, y) in enumerate(pairs):
        last = index + 1 == len(pairs)
        if not last and pairs[index + 1] == (x + 1, y + 1):
            continue
        run = pairs[start : index + 1]
        start = index + 1
        above = run[0][0] - i + run[0][1] - j
        below = (i_end - x - 1 + j_end - y - 1) if last else pairs[start][0] - x - 1 + pairs[start][1] - y - 1
        if any(is_telling(left[one]) for one, _ in run) or min(above, below) <= 2 * len(run):
            yield from run
            i, j = x + 1, y + 1
