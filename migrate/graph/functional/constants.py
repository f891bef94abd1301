"""Small pieces of protos: constants and lists of shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate import protos

if TYPE_CHECKING:
    from collections.abc import Sequence

INT32 = 3
INT64 = 9


def int_constant(name: str, value: int | Sequence[int], dtype: int = INT32) -> Any:
    """A Const node with a number, or with a vector of numbers."""
    node = protos.node_def()
    node.name = name
    node.op = "Const"
    node.attr["dtype"].type = dtype
    tensor = node.attr["value"].tensor
    tensor.dtype = dtype
    tensor.tensor_shape.SetInParent()
    values = [value] if isinstance(value, int) else list(value)
    (tensor.int_val if dtype == INT32 else tensor.int64_val).extend(values)
    if not isinstance(value, int):
        tensor.tensor_shape.dim.add(size=len(values))
    return node


def add_shape(listed: Any, shape: Any | None) -> None:
    """Appends a TensorShapeProto to an attribute's list; None is an unknown rank."""
    added = listed.shape.add()
    if shape is None:
        added.unknown_rank = True
    else:
        added.CopyFrom(shape)
