"""Whether the outputs of two models are the same ones under each other's names."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from migrate.verify.compare import compare_arrays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_MOST = 6


def exchanged(names: Sequence[str], a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, str]:
    """For each of some outputs that differ, the output of the second model that has the first one's values.

    Args:
        names: The outputs that differ.
        a: What the first model returned.
        b: What the second did.

    Returns:
        Nothing unless all of them fit, and in one way only.
    """
    names = [name for name in names if name in a and name in b]
    if not 2 <= len(names) <= _MOST:
        return {}
    same = {(x, y): compare_arrays(a[x], b[y]).equal for x in names for y in names}
    fitting = [order for order in permutations(names) if all(same[x, y] for x, y in zip(names, order, strict=True))]
    return dict(zip(names, fitting[0], strict=True)) if len(fitting) == 1 else {}
