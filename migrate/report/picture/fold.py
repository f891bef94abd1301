"""Puts units together until there are few enough: neighbours in a chain first, then twins, then whatever is near."""

from __future__ import annotations

from collections import defaultdict
from math import ceil
from typing import TYPE_CHECKING

from migrate.report.picture.units import join, unit_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import networkx as nx

    from migrate.report.picture.flow import Flow
    from migrate.report.picture.units import Unit


def chain_leaves(units: Sequence[Unit], flow: Flow, cap: int) -> list[Unit]:
    """Puts single operations that follow each other together, at most `cap` in one unit."""
    return _chains(units, flow, cap, lambda a, b: not a.scopes and not b.scopes)


def fold(units: Sequence[Unit], flow: Flow, most: int) -> list[Unit]:
    """Puts units together until there are at most `most`, and as long as it can be, like with like."""
    units = list(units)
    most = max(most, 1)
    if len(units) > most:
        units = _chains(units, flow, _cap(units, most), lambda a, b: a.family == b.family)
    if len(units) > most:
        twins = _twins(units, flow)
        # Where all are alike, nothing would be left to see.
        units = twins if len(twins) > 1 else units
    if len(units) > most:
        units = _chains(units, flow, _cap(units, most), lambda _a, _b: True)
    if len(units) > most:
        units = _neighbours(units, most)
    return units


def _cap(units: Sequence[Unit], most: int) -> int:
    """How many units may become one, so that about `most` are left."""
    return max(ceil(len(units) / most), 2)


def _chains(units: Sequence[Unit], flow: Flow, cap: int, fits: Callable[[Unit, Unit], bool]) -> list[Unit]:
    """Joins a unit with the one behind it where nothing else is between them, which can make no circle."""
    graph = unit_graph(units, flow)
    group = list(range(len(units)))
    members = [[number] for number in group]
    for number in sorted(group, key=lambda number: units[number].position):
        for after in sorted(graph.successors(number), key=lambda other: units[other].position):
            a, b = group[number], group[after]
            if a == b or len(members[a]) + len(members[b]) > cap or not fits(units[number], units[after]):
                continue
            if _follows(graph, members[a], members[b]):
                members[a] += members[b]
                for other in members[b]:
                    group[other] = a
                members[b] = []
    return [join(units[number] for number in found) for found in members if found]


def _follows(graph: nx.DiGraph[int], first: Iterable[int], second: Iterable[int]) -> bool:
    """Whether all that leaves the first group goes to the second, or all that enters the second is from the first."""
    a, b = set(first), set(second)
    if all(after in a or after in b for number in a for after in graph.successors(number)):
        return True
    return all(before in a or before in b for number in b for before in graph.predecessors(number))


def _twins(units: Sequence[Unit], flow: Flow) -> list[Unit]:
    """Joins units that take from the same ones and give to the same ones."""
    graph = unit_graph(units, flow)
    alike: dict[tuple[frozenset[int], frozenset[int]], list[Unit]] = defaultdict(list)
    for number, unit in enumerate(units):
        alike[frozenset(graph.predecessors(number)), frozenset(graph.successors(number))].append(unit)
    return [join(found) for found in alike.values()]


def _neighbours(units: Sequence[Unit], most: int) -> list[Unit]:
    """Cuts the flow into `most` pieces of about the same number of units."""
    ordered = sorted(units, key=lambda unit: unit.position)
    pieces = [ordered[len(ordered) * i // most : len(ordered) * (i + 1) // most] for i in range(most)]
    return [join(piece) for piece in pieces if piece]
