"""Whether tensors of the two models are the same on the sample; each is fetched once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrate.verify.compare import ArrayComparison, compare_arrays

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.verify.locate.align import Pair
    from migrate.verify.locate.side import Side


@dataclass(slots=True)
class Values:
    """Compares pairs of tensors by what they are on the sample, and remembers the answers, not the arrays.

    Attributes:
        a: The first model's side.
        b: The second's.
        known: What was found so far; None for what cannot be fetched.
    """

    a: Side
    b: Side
    known: dict[Pair, ArrayComparison | None]

    def compare(self, pairs: Iterable[Pair]) -> None:
        """Looks at pairs that were not looked at yet."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self.known]
        ours, theirs = self.a.values(pair.a for pair in new), self.b.values(pair.b for pair in new)
        for pair in new:
            x, y = ours[pair.a], theirs[pair.b]
            if x is None or y is None:
                self.known[pair] = None
            elif x.stable or y.stable:
                found = compare_arrays(x.array, y.array, values_only=True)
                random = "it changes from call to call in one of the two models only"
                self.known[pair] = found if x.stable and y.stable else replace(found, equal=False, reason=random)
            else:  # What is random in both is taken for the same.
                self.known[pair] = ArrayComparison(True)

    def differ(self, pair: Pair) -> bool:
        """Whether a pair is known to differ."""
        found = self.known.get(pair)
        return found is not None and not found.equal

    def equal(self, pair: Pair) -> bool:
        """Whether a pair is known to be equal."""
        found = self.known.get(pair)
        return found is not None and found.equal
