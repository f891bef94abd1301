"""Operations that an older runtime lacks, and older ones that compute the same.

Each replacement says under which conditions that is so; where they do not hold, or are not known to, the model
cannot be lowered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrate.graph.runtime.body import Body

_BOOL = 10
_INT32 = 3
"""tensorflow.DataType"""

DROPPED = {
    "DisableCopyOnRead": "only tells the next read of a variable that it need not copy it",
}
"""Operations without outputs that may go, and why."""


def _batch_matmul(node: Any, body: Body) -> str | None:
    """`BatchMatMul` multiplies stacks of equal shape; from `BatchMatMulV2` on they are broadcast."""
    a, b = (body.shape(text) for text in body.data_inputs(node))
    if a is None or b is None or len(a) < 2 or None in a[:-2] or a[:-2] != b[:-2]:
        return None
    return "BatchMatMul"


def _batch_matmul_of_types(node: Any, _: Body) -> str | None:
    """`BatchMatMulV3` may take and give different types; with one type it is `BatchMatMulV2`."""
    types = {node.attr[name].type for name in ("Ta", "Tb", "Tout")}
    if len(types) != 1:
        return None
    for name in ("Ta", "Tb", "Tout"):
        del node.attr[name]
    node.attr["T"].type = types.pop()
    return "BatchMatMulV2"


def _select(node: Any, body: Body) -> str | None:
    """`Select` wants equal shapes, or one condition for all; `SelectV2` broadcasts: here that is done before it."""
    condition, a, b = (body.shape(text) for text in body.data_inputs(node))
    if a is not None and None not in a and a == b and condition in ((), a):
        return "Select"
    inputs, dtype, prefix = body.data_inputs(node), node.attr["T"].type, f"{node.name}/broadcast"
    sizes = []
    for number, (text, kind) in enumerate(zip(inputs, (_BOOL, dtype, dtype), strict=True)):
        types = {"T": kind, "out_type": _INT32}
        sizes.append(body.add("Shape", f"{prefix}/shape_{number}", [text], types, "output"))
    both = body.add("BroadcastArgs", f"{prefix}/both", sizes[:2], {"T": _INT32}, "r0")
    size = body.add("BroadcastArgs", f"{prefix}/all", [both, sizes[2]], {"T": _INT32}, "r0")
    for number, (text, kind) in enumerate(zip(inputs, (_BOOL, dtype, dtype), strict=True)):
        types = {"T": kind, "Tidx": _INT32}
        node.input[number] = body.add("BroadcastTo", f"{prefix}/input_{number}", [text, size], types, "output")
    return "Select"


def _fused_batch_norm(node: Any, body: Body) -> str | None:
    """`FusedBatchNormV2` lacks the output `reserve_space_3`, which only a gradient takes."""
    return None if body.is_taken(node, 5, "reserve_space_3") else "FusedBatchNormV2"


OPERATIONS: Mapping[str, Callable[[Any, Body], str | None]] = {
    "BatchMatMulV2": _batch_matmul,
    "BatchMatMulV3": _batch_matmul_of_types,
    "FusedBatchNormV3": _fused_batch_norm,
    "SelectV2": _select,
}
"""By operation: the older operation for a node, whose attributes are changed accordingly; None where there is none."""


def _resize_first(node: Any, body: Body) -> None:
    """A list that grows when it is written to: TF 1.15's own Python made it so (`tensor_list_set_item` of list_ops.py).

    The list gets the size max(size, index + 1) before.
    """
    if not node.attr["resize_if_index_out_of_bounds"].b:
        return
    values, index = body.data_inputs(node)[:2]
    int32 = {"T": _INT32}
    size = body.add("TensorListLength", f"{node.name}/size", [values], {}, "length")
    # Of the index, so that it is made wherever the index is.
    one = body.add("OnesLike", f"{node.name}/one", [index], int32, "y")
    after = body.add("Add", f"{node.name}/after", [index, one], int32, "z")
    needed = body.add("Maximum", f"{node.name}/needed", [size, after], int32, "z")
    node.input[0] = body.add("TensorListResize", f"{node.name}/resized", [values, needed], {}, "output_handle")
    del node.attr["resize_if_index_out_of_bounds"]


ATTRIBUTES: Mapping[tuple[str, str], tuple[Callable[[Any, Body], None], frozenset[str]]] = {
    ("TensorListSetItem", "resize_if_index_out_of_bounds"): (_resize_first, frozenset({"TensorListResize"})),
}
"""By operation and attribute: what to put in its place, and the operations that takes."""
