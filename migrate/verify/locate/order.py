"""Whether an operation has the right arguments in the wrong order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.verify.compare import compare_arrays
from migrate.verify.locate.exchanged import exchanged
from migrate.verify.locate.operations import COMMUTATIVE, family

if TYPE_CHECKING:
    from migrate.verify.locate.align import Alignment, Pair
    from migrate.verify.locate.values import Values

_MOST_BYTES = 64_000_000


def reordered(alignment: Alignment, values: Values, pair: Pair) -> Pair | None:
    """The operation that takes a pair that differs, where its arguments are the same in another order; or None.

    Two inputs of the signature that change places are not meant: there the names are wrong, not the order.
    """
    if pair.a in values.a.feeds and pair.b in values.b.feeds:
        return None
    takers: list[Pair] = list(alignment.graph.successors(pair))
    for taker in takers:
        node = values.a.node(taker.a)
        if node is None or family(node) in COMMUTATIVE:
            continue
        pairs = alignment.arguments(taker)
        ours, theirs = values.a.values(pair.a for pair in pairs), values.b.values(pair.b for pair in pairs)
        first, second = [ours[pair.a] for pair in pairs], [theirs[pair.b] for pair in pairs]
        fetched = [value.array for value in (*first, *second) if value is not None and value.stable]
        if len(fetched) < 2 * len(pairs) or sum(array.nbytes for array in fetched) > _MOST_BYTES:
            continue
        a, b = (
            dict(zip(map(str, range(len(pairs))), part, strict=True))
            for part in (fetched[: len(pairs)], fetched[len(pairs) :])
        )
        if exchanged([name for name in a if not compare_arrays(a[name], b[name]).equal], a, b):
            return taker
    return None
