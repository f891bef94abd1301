"""Orders the members of layers so that few lines cross, by the barycentres of their neighbours."""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SWEEPS = 24


def reduce_crossings(rows: Sequence[Sequence[int]], edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Reorders rows; every edge goes from a row to the next one.

    Sweeps down and up, and keeps the best order seen (Sugiyama, Tagawa and Toda, 1981).
    """
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for a, b in edges:
        below.setdefault(a, []).append(b)
        above.setdefault(b, []).append(a)
    best = [list(row) for row in rows]
    fewest = count_crossings(best, below)
    current = [list(row) for row in best]
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        numbers = range(1, len(current)) if down else range(len(current) - 2, -1, -1)
        for number in numbers:
            fixed = current[number - 1 if down else number + 1]
            _sort(current[number], fixed, above if down else below)
        crossings = count_crossings(current, below)
        if crossings < fewest:
            best, fewest = [list(row) for row in current], crossings
    return best


def _sort(row: list[int], fixed: Sequence[int], neighbours: Mapping[int, Sequence[int]]) -> None:
    place = {member: position for position, member in enumerate(fixed)}
    centre = {}
    for position, member in enumerate(row):
        found = [place[other] for other in neighbours.get(member, ())]
        # Who has no neighbours there stays about where it is.
        centre[member] = sum(found) / len(found) if found else position * max(len(fixed), 1) / len(row)
    row.sort(key=centre.__getitem__)


def count_crossings(rows: Sequence[Sequence[int]], below: Mapping[int, Sequence[int]]) -> int:
    """How many pairs of edges cross."""
    total = 0
    for upper, lower in pairwise(rows):
        place = {member: position for position, member in enumerate(lower)}
        seen: list[int] = []
        for member in upper:
            ends = sorted(place[other] for other in below.get(member, ()))
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
