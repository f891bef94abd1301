"""Chooses where in their rows the members stand: near what they are linked with, and not on each other."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SWEEPS = 40


def columns_of(
    rows: Sequence[Sequence[int]],
    widths: Mapping[int, float],
    edges: Iterable[tuple[int, int, float]],
    gap: float,
) -> dict[int, float]:
    """The centre of each member, the leftmost edge of all at 0.

    Args:
        rows: The members, from left to right.
        widths: Their widths.
        edges: Pairs of members in neighbouring rows, and how strongly they pull at each other.
        gap: The least distance between two members of a row.
    """
    pulls: dict[int, list[tuple[int, float]]] = {}
    for a, b, weight in edges:
        pulls.setdefault(a, []).append((b, weight))
        pulls.setdefault(b, []).append((a, weight))
    centres: dict[int, float] = {}
    for row in rows:
        total = sum(widths[member] for member in row) + gap * (len(row) - 1)
        left = -total / 2
        for member in row:
            centres[member] = left + widths[member] / 2
            left += widths[member] + gap
    for sweep in range(_SWEEPS):
        for row in filter(None, rows if sweep % 2 == 0 else reversed(rows)):
            wanted, weights = [], []
            for member in row:
                found = pulls.get(member, [])
                weight = sum(weight for _, weight in found)
                wanted.append(
                    sum(centres[other] * pull for other, pull in found) / weight if weight else centres[member]
                )
                weights.append(weight or 0.1)
            offsets = [0.0]
            for a, b in pairwise(row):
                offsets.append(offsets[-1] + (widths[a] + widths[b]) / 2 + gap)
            centres.update(zip(row, spread(wanted, weights, offsets), strict=True))
    left = min((centres[member] - widths[member] / 2 for row in rows for member in row), default=0.0)
    return {member: centre - left for member, centre in centres.items()}


def spread(wanted: Sequence[float], weights: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """The places nearest to those wanted that are as far apart as the offsets are: an isotonic regression.

    Args:
        wanted: Where each would like to be.
        weights: How much.
        offsets: How far from the first each has to be at least; the differences count.
    """
    blocks: list[tuple[float, float, int]] = []  # mean, weight, members
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        mean, total, members = want - offset, weight, 1
        while blocks and blocks[-1][0] > mean:
            before, its_weight, its_members = blocks.pop()
            mean = (mean * total + before * its_weight) / (total + its_weight)
            total += its_weight
            members += its_members
        blocks.append((mean, total, members))
    found = [mean for mean, _, members in blocks for _ in range(members)]
    return [place + offset for place, offset in zip(found, offsets, strict=True)]


def straighten(
    rows: Sequence[Sequence[int]],
    centres: dict[int, float],
    widths: Mapping[int, float],
    gap: float,
    lines: Iterable[tuple[Sequence[int], float | None]],
) -> None:
    """Moves the members of long lines, one a row, so that they stand under each other where there is room.

    Args:
        rows: The members, from left to right.
        centres: Where they are; changed in place.
        widths: Their widths.
        gap: The least distance between two members of a row.
        lines: The members of each line, from top to bottom, and where it would best be; by default where it is.
    """
    beside: dict[int, tuple[int | None, int | None]] = {}
    for row in rows:
        for number, member in enumerate(row):
            left = row[number - 1] if number else None
            beside[member] = (left, row[number + 1] if number + 1 < len(row) else None)

    def room(member: int) -> tuple[float, float]:
        left, right = beside[member]
        lowest = -inf if left is None else centres[left] + (widths[left] + widths[member]) / 2 + gap
        highest = inf if right is None else centres[right] - (widths[right] + widths[member]) / 2 - gap
        return min(lowest, centres[member]), max(highest, centres[member])

    for line, best in lines:
        runs: list[tuple[list[int], float, float]] = []
        for member in line:
            lowest, highest = room(member)
            if runs and max(runs[-1][1], lowest) <= min(runs[-1][2], highest):
                run, low, high = runs.pop()
                runs.append(([*run, member], max(low, lowest), min(high, highest)))
            else:
                runs.append(([member], lowest, highest))
        for run, low, high in runs:
            wanted = sum(centres[other] for other in run) / len(run) if best is None else best
            centres.update(dict.fromkeys(run, min(max(wanted, low), high)))
