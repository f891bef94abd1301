"""Finds the first pair of tensors that differs although all that it is computed from is equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from migrate.verify.locate.align import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.verify.locate.align import Alignment
    from migrate.verify.locate.values import Values

_PROBES = 6
"""So many tensors of the part that is left are looked at in one run, beside the arguments."""


def first_difference(alignment: Alignment, values: Values) -> Pair | None:
    """The pair where the numbers part, None where the root is equal or cannot be fetched.

    A pair that differs has its cause in itself or in what it is computed from. So the part of the graph that is left
    is that of the pair found to differ which has the smallest one; probes spread over it, and the arguments, are
    fetched in one run. It ends when all arguments are equal, after about as many runs as the logarithm of the graph's
    size, so that no more than a few tensors are in memory at a time.
    """
    values.compare([alignment.root])
    if not values.differ(alignment.root):
        return None
    bad = alignment.root
    ranks = {pair: rank for rank, pair in enumerate(nx.topological_sort(alignment.graph))}
    while True:
        part = nx.ancestors(alignment.graph, bad)
        # Before an equal tensor there may be a difference, but hardly the one that is looked for.
        settled = set[Pair]().union(*(nx.ancestors(alignment.graph, pair) for pair in part if values.equal(pair)))
        order = [
            pair
            for pair in sorted(part, key=ranks.__getitem__)
            if pair not in values.known and pair not in settled and alignment.graph.in_degree(pair)
        ]
        values.compare([*behind(alignment, values, bad), *_spread(order)])
        worse = [pair for pair in part if values.differ(pair)]
        if worse:
            bad = min(worse, key=lambda pair: (len(nx.ancestors(alignment.graph, pair)), ranks[pair]))
        elif all(pair in values.known for pair in behind(alignment, values, bad)):
            return bad


def behind(alignment: Alignment, values: Values, pair: Pair) -> Iterator[Pair]:
    """The arguments of a pair; in place of those that cannot be fetched, their arguments."""
    todo, seen = list(alignment.arguments(pair)), set()
    while todo:
        argument = todo.pop(0)
        if argument in seen:
            continue
        seen.add(argument)
        yield argument
        if argument in values.known and values.known[argument] is None:
            todo.extend(alignment.arguments(argument))


def _spread(order: list[Pair]) -> list[Pair]:
    """Some pairs of a list at even distances."""
    if len(order) <= _PROBES:
        return order
    return [order[len(order) * (number + 1) // (_PROBES + 1)] for number in range(_PROBES)]
