"""Operations on references that have no form for resource handles."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.graph.handles import REF_VARIABLES
from migrate.graph.hazards.context import Context, hazard_at
from migrate.graph.hazards.families.queues import is_queue_op
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity
from migrate.graph.twins import twin_of

_CONVERTED = REF_VARIABLES | {"RefSelect"}


@family
def references(context: Context) -> Iterator[Hazard]:
    """Those that the conversion cannot turn into an operation on a handle."""
    registry = context.view.registry
    for op, places in context.places.items():
        definition = registry.get(op) if registry.in_runtime(op) else None
        if definition is None or op in _CONVERTED or is_queue_op(op) or definition.deprecation.version:
            continue
        takes = any(argument.is_ref for argument in (*definition.input_arg, *definition.output_arg))
        if not takes or twin_of(op, registry) is not None:
            continue
        for place in places:
            if place.runs:
                yield hazard_at(
                    place,
                    HazardKind.REFERENCE,
                    Severity.BLOCKS,
                    "It works on a TF1 reference, and TensorFlow 2 has no form of it for resource variables.",
                    "Choose outputs that do not need it (--output), or build the graph again without it.",
                )
