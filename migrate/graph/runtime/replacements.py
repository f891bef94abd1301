"""Operations that an older runtime lacks, and older ones that compute the same.

Each replacement says under which conditions that is so; where they do not hold, or are not known to, the model
cannot be lowered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrate.graph.runtime.body import Body

DROPPED = {
    "DisableCopyOnRead": "only tells the next read of a variable that it need not copy it",
}
"""Operations without outputs that may go, and why."""


def add(node: Any, body: Body) -> str | None:
    """`Add` is `AddV2` that also takes strings."""
    return "Add"


def batch_matmul(node: Any, body: Body) -> str | None:
    """`BatchMatMul` multiplies stacks of equal shape; from `BatchMatMulV2` on they are broadcast."""
    shapes = [body.shape(text) for text in _data(node)]
    if any(shape is None or len(shape) < 2 or None in shape[:-2] for shape in shapes):
        return None
    a, b = (shape[:-2] for shape in shapes if shape is not None)
    return "BatchMatMul" if a == b else None


def batch_matmul_of_types(node: Any, body: Body) -> str | None:
    """`BatchMatMulV3` may take and give different types; with one type it is `BatchMatMulV2`."""
    types = {node.attr[name].type for name in ("Ta", "Tb", "Tout")}
    if len(types) != 1:
        return None
    for name in ("Ta", "Tb", "Tout"):
        del node.attr[name]
    node.attr["T"].type = types.pop()
    return "BatchMatMulV2"


def select(node: Any, body: Body) -> str | None:
    """`Select` wants equal shapes, or one condition for all; `SelectV2` broadcasts."""
    condition, *values = (body.shape(text) for text in _data(node))
    if None in values or condition is None or any(shape is None or None in shape for shape in values):
        return None
    same = values[0] == values[1] and condition in ((), values[0])
    return "Select" if same else None


def fused_batch_norm(node: Any, body: Body) -> str | None:
    """`FusedBatchNormV2` lacks the output `reserve_space_3`, which only a gradient takes."""

    def is_last(text: str) -> bool:
        return text in (f"{node.name}:5", f"{node.name}:reserve_space_3:0")

    return None if body.takers(is_last) else "FusedBatchNormV2"


def stateless_if(node: Any, body: Body) -> str | None:
    """`If` with branches without state computes the same; the runtime may only remove less of it."""
    return "If"


def stateless_while(node: Any, body: Body) -> str | None:
    """`While` with a body without state computes the same; the runtime may only remove less of it."""
    return "While"


REPLACEMENTS: Mapping[str, Callable[[Any, Body], str | None]] = {
    "AddV2": add,
    "BatchMatMulV2": batch_matmul,
    "BatchMatMulV3": batch_matmul_of_types,
    "FusedBatchNormV3": fused_batch_norm,
    "SelectV2": select,
    "StatelessIf": stateless_if,
    "StatelessWhile": stateless_while,
}
"""By operation: the older operation for a node, whose attributes are changed accordingly; None where there is none."""


def _data(node: Any) -> list[str]:
    return [text for text in node.input if not text.startswith("^")]
