"""Why a converted model might not train."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from migrate.graph.hazards.context import Context, Place, hazard_at
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity
from migrate.graph.trainability import described, names, reach

_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})


@family
def missing_gradients(context: Context) -> Iterator[Hazard]:
    """Variables on which a floating-point output depends, only through operations that have no gradient."""
    if context.is_tf2:
        return
    for key, slice_ in context.slices.items():
        found = reach(context.view, slice_, context.live[key].nodes)
        if found.blocked:
            node = found.blockers[0] if found.blockers else ""
            yield Hazard(
                HazardKind.NO_GRADIENT,
                Severity.CHANGES,
                node,
                context.index.op(node) if node else "",
                f"No gradient reaches {names(found.blocked)}: the outputs depend on it only through "
                f"{described(context.view, found.blockers)}.",
                "Train with outputs before these operations: add them with --expose or --output.",
                (key,),
            )
        if found.conditional:
            node = found.control_flow[0]
            yield Hazard(
                HazardKind.NO_GRADIENT,
                Severity.NOTE,
                node,
                context.index.op(node),
                f"Gradients reach {names(found.conditional)} only through TF1's loops or conditionals.",
                "They pass if the conversion can raise these to functional operations, which it says when it is done.",
                (key,),
                len(found.control_flow),
            )


@family
def custom_gradients(context: Context) -> Iterator[Hazard]:
    """Gradients that a Python function of the exporting program defines, and gradient functions in the library."""
    if context.is_tf2:
        return
    training = {
        key
        for key, live in context.live.items()
        if any(node in live.nodes and each.trainable for node, each in context.view.state.by_node.items())
    }
    for op, places in context.places.items():
        for place in places:
            kind = place.node.attr["_gradient_op_type"].s if "_gradient_op_type" in place.node.attr else b""
            if kind and op not in _CALLS and training.intersection(place.signatures):
                yield hazard_at(
                    place,
                    HazardKind.CUSTOM_GRADIENT,
                    Severity.CHANGES,
                    "Its gradient was defined by a Python function of the program that built the graph, "
                    f"{_name(kind)}, which is not in the model.",
                    "The conversion differentiates what the operation computes; define the gradient anew with "
                    "tf.custom_gradient if it matters.",
                )
    yield from _gradient_functions(context, training)


def _gradient_functions(context: Context, training: set[str]) -> Iterator[Hazard]:
    declared = {each.function_name: each.gradient_func for each in context.index.graph_def.library.gradient}
    if not declared:
        return
    callers: dict[str, list[Place]] = defaultdict(list)
    for op, places in context.places.items():
        if op in declared:
            callers[op].extend(places)
    for op, found in callers.items():
        for place in found:
            if training.intersection(place.signatures):
                yield hazard_at(
                    place,
                    HazardKind.CUSTOM_GRADIENT,
                    Severity.CHANGES,
                    f"The model declares a gradient function for it, {declared[op]}, which the conversion does not "
                    f"keep.",
                    "The conversion differentiates what the function computes; define the gradient anew with "
                    "tf.custom_gradient if it matters.",
                )


def _name(kind: bytes) -> str:
    text = kind.decode("utf-8", "replace")
    # Names made by tf.custom_gradient are numbered, and the number says nothing.
    return "CustomGradient" if text.startswith("CustomGradient-") else text
