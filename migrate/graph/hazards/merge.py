"""Of many hazards that say the same, one is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrate.graph.inspection import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.inspection import Hazard

_ORDER = {severity: number for number, severity in enumerate(Severity)}


def merged(hazards: Iterable[Hazard]) -> tuple[Hazard, ...]:
    """Those that block first; each message once for each operation, with a count and all its signatures.

    What blocks the model as a whole is not merged with what blocks some of its signatures.
    """
    found: dict[tuple[object, ...], Hazard] = {}
    for hazard in hazards:
        of_model = hazard.severity is Severity.BLOCKS and not hazard.signatures
        key = (hazard.kind, hazard.severity, hazard.op, hazard.message, hazard.remedy, of_model)
        if (first := found.get(key)) is None:
            found[key] = hazard
            continue
        signatures = dict.fromkeys((*first.signatures, *hazard.signatures))
        found[key] = replace(first, count=first.count + hazard.count, signatures=tuple(sorted(signatures)))
    return tuple(sorted(found.values(), key=lambda hazard: _ORDER[hazard.severity]))
