"""Puts boxes into layers, so that arrows go down: what is needed first is above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from migrate.report.picture.boxes import BoxKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrate.report.picture.boxes import Picture

MOST_WIDTH = 1500.0
"""Of the boxes side by side; where there are more, some go one layer down."""


def downward(picture: Picture) -> tuple[nx.DiGraph[int], frozenset[tuple[int, int]]]:
    """The links as a graph without circles, and which of them were turned round for it.

    Scopes may call each other back and forth. Between the boxes of such a circle, the links that go from a later
    box to an earlier one are turned; links to outputs and from inputs are in no circle.
    """
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(box.number for box in picture.boxes)
    graph.add_edges_from((link.start, link.end) for link in picture.links if link.start != link.end)
    component = {}
    for number, members in enumerate(nx.strongly_connected_components(graph)):
        component.update(dict.fromkeys(members, number))
    turned = frozenset((a, b) for a, b in graph.edges if component[a] == component[b] and a > b)
    graph.remove_edges_from(turned)
    graph.add_edges_from((b, a) for a, b in turned)
    return graph, turned


def layers(picture: Picture, graph: nx.DiGraph[int], widths: Mapping[int, float]) -> list[list[int]]:
    """The boxes in layers; every edge of the graph goes from a layer to a later one."""
    layer: dict[int, int] = {}
    taken: dict[int, float] = {}
    for generation in nx.topological_generations(graph):
        for number in sorted(generation):
            chosen = max((layer[before] + 1 for before in graph.predecessors(number)), default=0)
            while taken.get(chosen) and taken[chosen] + widths[number] > MOST_WIDTH:
                chosen += 1
            layer[number] = chosen
            taken[chosen] = taken.get(chosen, 0.0) + widths[number]
    _pull(picture, graph, layer)
    found: dict[int, list[int]] = {}
    for number, chosen in layer.items():
        found.setdefault(chosen, []).append(number)
    return [sorted(found[chosen]) for chosen in sorted(found)]


def _pull(picture: Picture, graph: nx.DiGraph[int], layer: dict[int, int]) -> None:
    """Moves boxes that take nothing down to those that use them, so that their arrows are short."""
    for number in reversed(list(nx.topological_sort(graph))):
        after = [layer[other] for other in graph.successors(number)]
        if not after:
            continue
        if not graph.in_degree(number) and picture.boxes[number].kind is not BoxKind.INPUT:
            layer[number] = min(after) - 1


def check_layers(found: Sequence[Sequence[int]], graph: nx.DiGraph[int]) -> dict[int, int]:
    """The layer of each box."""
    of = {number: position for position, layer in enumerate(found) for number in layer}
    assert all(of[a] < of[b] for a, b in graph.edges)
    return of
