"""Operations that the installed TensorFlow does not have, or has no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from migrate.graph.hazards.context import Context, Place, hazard_at
from migrate.graph.hazards.origins import Origin, origin_of
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity

_TPU = frozenset(
    {
        *("TPUReplicate", "_TPUReplicate", "TPUReplicateMetadata", "TPUReplicatedInput", "TPUReplicatedOutput"),
        *("TPUPartitionedCall", "TPUCompilationResult", "TPUExecute", "TPUOrdinalSelector", "CrossReplicaSum"),
        *("ConfigureDistributedTPU", "ShutdownDistributedTPU", "InfeedDequeue", "InfeedDequeueTuple"),
        *("OutfeedEnqueue", "OutfeedEnqueueTuple", "TPUEmbeddingActivations"),
    }
)
"""Operations without a kernel for CPUs or GPUs."""

_WITHOUT_KERNELS = ("BoostedTrees", "IsBoostedTrees")
"""TF 2.21 still has their OpDefs, and nothing that runs them."""


@family
def unknown_operations(context: Context) -> Iterator[Hazard]:
    """Custom operations, and those of TensorFlow 1 that are gone."""
    registry = context.view.registry
    for op, places in context.places.items():
        if registry.is_function(op):
            continue
        origin = origin_of(op)
        known = registry.in_runtime(op)
        if not known or op.startswith(_WITHOUT_KERNELS) or op in _TPU:
            found = [_absent(place, origin) if op not in _TPU else _tpu(place) for place in places if place.runs]
            yield from found or [_left_out(place) for place in places if not known]


@family
def deprecated_operations(context: Context) -> Iterator[Hazard]:
    """Operations that a graph of today may not have (`CheckOpDeprecation` in core/framework/op_def_util.cc).

    They run in an old graph. In a new one, such as that of a `tf.function`, they are refused: its version is the
    runtime's, which is always later than the one from which on the operation is deprecated.
    """
    registry = context.view.registry
    for op, places in context.places.items():
        definition = registry.get(op) if registry.in_runtime(op) else None
        if definition is None or not definition.deprecation.version:
            continue
        said = definition.deprecation.explanation.strip().rstrip(".")
        for place in places:
            if place.runs:
                yield hazard_at(
                    place,
                    HazardKind.REMOVED_OP,
                    Severity.BLOCKS,
                    f"TensorFlow 2 refuses it in new graphs: deprecated since GraphDef version "
                    f"{definition.deprecation.version}.",
                    f"Build the graph again without it{f': {said}' if said else ''}.",
                )


@family
def unknown_attributes(context: Context) -> Iterator[Hazard]:
    """Attributes that the runtime's OpDef lacks, or has and the node lacks (core/framework/node_def_util.cc).

    An attribute with the default value that the writer's own OpDef gives it is no hazard: importers drop it
    (`RemoveNewDefaultAttrsFromGraphDef` in core/framework/graph_def_util.cc).
    """
    registry = context.view.registry
    model = {each.name: each for each in context.view.meta_graph.meta_info_def.stripped_op_list.op}
    for op, places in context.places.items():
        definition = registry.get(op) if registry.in_runtime(op) and not registry.is_function(op) else None
        if definition is None:
            continue
        known = {attr.name for attr in definition.attr}
        needed = {attr.name for attr in definition.attr if not attr.HasField("default_value")}
        defaults = {attr.name: attr.default_value for attr in model[op].attr} if op in model else {}
        for place in places:
            if not place.runs:
                continue
            there = place.node.attr
            extra = [
                name
                for name in there
                if name not in known
                and not name.startswith("_")
                and not (name in defaults and defaults[name] == there[name])
            ]
            missing = [] if place.function else [name for name in needed if _is_unset(there, name)]
            for names, verb in ((extra, "has"), (missing, "lacks")):
                if names:
                    yield _attribute(place, verb, sorted(names))


def _is_unset(attributes: Any, name: str) -> bool:
    # Asking a protobuf map for what it does not have adds it, empty.
    return name not in attributes or attributes[name].WhichOneof("value") is None


def _attribute(place: Place, verb: str, names: list[str]) -> Hazard:
    than = "which the installed TensorFlow does not know" if verb == "has" else "which the installed TensorFlow needs"
    return hazard_at(
        place,
        HazardKind.UNKNOWN_ATTRIBUTE,
        Severity.BLOCKS,
        f"It {verb} the attribute{'s' if len(names) > 1 else ''} {', '.join(names)}, {than}.",
        "Convert with the TensorFlow that wrote the model or a later one, or load the library that changes this "
        "operation with --op-library LIB.so.",
    )


def _absent(place: Place, origin: Origin | None) -> Hazard:
    if origin is None:
        return hazard_at(
            place,
            HazardKind.UNKNOWN_OP,
            Severity.BLOCKS,
            "It is a custom operation: the installed TensorFlow does not know it.",
            "Load the library that defines it: --op-library LIB.so, built for the installed TensorFlow.",
        )
    kind = HazardKind.REMOVED_OP if origin.is_gone else HazardKind.UNKNOWN_OP
    return hazard_at(
        place, kind, Severity.BLOCKS, f"It is from {origin.what}{_GONE if origin.is_gone else '.'}", origin.remedy
    )


_GONE = ", which TensorFlow 2 does not have."


def _tpu(place: Place) -> Hazard:
    return hazard_at(
        place,
        HazardKind.REMOVED_OP,
        Severity.BLOCKS,
        "It runs on a TPU only.",
        "Convert the MetaGraph for other devices (--tags serve), or export the model again with use_tpu=False.",
    )


def _left_out(place: Place) -> Hazard:
    return hazard_at(
        place,
        HazardKind.UNKNOWN_OP,
        Severity.NOTE,
        "The installed TensorFlow does not know this operation; no signature needs it.",
        "The conversion leaves it out.",
    )
