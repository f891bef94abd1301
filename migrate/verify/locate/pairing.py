"""The first pair that differs, with the arguments of sums and the like paired by value where structure cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from migrate.verify.compare import compare_arrays
from migrate.verify.locate.align import Alignment, Pair
from migrate.verify.locate.bisect import first_difference

if TYPE_CHECKING:
    from migrate.verify.flatgraph import Ref
    from migrate.verify.locate.side import Fetched
    from migrate.verify.locate.values import Values

_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where two models part.

    Attributes:
        alignment: The pairs.
        pair: The first one that differs.
        is_vague: Whether it is a sum or the like of which several arguments differ, so that nobody can say which one of
            the second model stands for which one of the first.
    """

    alignment: Alignment
    pair: Pair
    is_vague: bool = False


def first_place(values: Values, root: Pair) -> Place | None:
    """The place where the numbers part on the way to a pair; None where it is equal, or cannot be fetched."""
    orders: dict[Pair, tuple[Ref, ...]] = {}
    for _ in range(_MOST_ROUNDS):
        alignment = Alignment(values.a, values.b, root, orders)
        pair = first_difference(alignment, values)
        if pair is None:
            return None
        way = nx.descendants(alignment.graph, pair) | {pair}
        ranks = {other: rank for rank, other in enumerate(nx.topological_sort(alignment.graph))}
        unsure = sorted((taker for taker in way if taker in alignment.unsure), key=ranks.__getitem__)
        vague: list[Pair] = []
        found = len(orders)
        for taker in unsure:
            order, open_pairs = _by_value(alignment, values, taker)
            if taker not in orders and order != tuple(child.b for child in alignment.arguments(taker)):
                orders[taker] = order
            elif len(open_pairs) > 1 and not way.isdisjoint(open_pairs):
                vague.append(taker)
        if len(orders) == found:
            return Place(alignment, vague[-1], is_vague=True) if vague else Place(alignment, pair)
    return None


def _by_value(alignment: Alignment, values: Values, taker: Pair) -> tuple[tuple[Ref, ...], list[Pair]]:
    """The arguments of the second model in the order of the first one's that are equal, and the pairs that are not."""
    pairs = alignment.arguments(taker)
    ours, theirs = values.a.values(pair.a for pair in pairs), values.b.values(pair.b for pair in pairs)
    left = [pair.b for pair in pairs]
    chosen: dict[int, Ref] = {}
    for number, pair in enumerate(pairs):
        # The one it is paired with already comes first.
        for other in sorted(left, key=lambda ref, own=pair.b: ref != own):  # type: ignore[misc]
            if _same(ours[pair.a], theirs[other]):
                chosen[number] = other
                left.remove(other)
                break
    open_numbers = [number for number in range(len(pairs)) if number not in chosen]
    chosen.update(zip(open_numbers, left, strict=True))
    order = tuple(chosen[number] for number in range(len(pairs)))
    return order, [Pair(pairs[number].a, order[number]) for number in open_numbers]


def _same(a: Fetched | None, b: Fetched | None) -> bool:
    if a is None or b is None or not (a.stable and b.stable):
        return False
    return compare_arrays(a.array, b.array, values_only=True).equal
