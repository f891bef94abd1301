"""Values of Const nodes that the analysis needs, read from the proto."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrate.graph.index import GraphIndex
    from migrate.graph.tensors import Tensor

_STRING, _BOOL, _INT32, _INT64, _FLOAT = 7, 10, 3, 9, 1
_FORMATS = {_BOOL: "?", _INT32: "i", _INT64: "q"}
_MOST = 1_000_000
_PASSES = frozenset({"Identity", "StopGradient", "Snapshot", "PreventGradient"})


def constant_strings(index: GraphIndex, tensor: Tensor) -> tuple[bytes, ...] | None:
    """The elements of a constant string tensor, flat, or None where it is no constant."""
    value = _constant(index, tensor)
    if value is None or value.dtype != _STRING:
        return None
    return tuple(_filled(list(value.string_val), value, b""))


def constant_numbers(index: GraphIndex, tensor: Tensor) -> tuple[int, ...] | None:
    """The elements of a constant bool, int32 or int64 tensor, flat, or None where it is no such constant."""
    value = _constant(index, tensor)
    if value is None or value.dtype not in _FORMATS:
        return None
    if value.tensor_content:
        size = struct.calcsize(_FORMATS[value.dtype])
        count = len(value.tensor_content) // size
        return struct.unpack(f"<{count}{_FORMATS[value.dtype]}", value.tensor_content[: count * size])
    fields = {_BOOL: value.bool_val, _INT32: value.int_val, _INT64: value.int64_val}
    return tuple(_filled(list(fields[value.dtype]), value, 0))


def _constant(index: GraphIndex, tensor: Tensor) -> Any | None:
    """The TensorProto behind a tensor, through operations that pass a value on."""
    seen = set()
    while tensor.node not in seen and tensor.node in index.nodes:
        seen.add(tensor.node)
        if index.op(tensor.node) == "Const":
            return index.nodes[tensor.node].attr["value"].tensor
        inputs = index.data_inputs(tensor.node)
        if index.op(tensor.node) not in _PASSES or not inputs:
            return None
        tensor = inputs[0]
    return None


def _filled(values: list[Any], proto: Any, zero: Any) -> list[Any]:
    """All elements: a TensorProto may leave out the last ones where they repeat (tensor.proto)."""
    total = 1
    for dim in proto.tensor_shape.dim:
        total *= max(dim.size, 0)
    missing = min(total, _MOST) - len(values)
    if missing > 0:
        values.extend([values[-1] if values else zero] * missing)
    return values


def constant_text(index: GraphIndex, tensor: Tensor) -> str:
    """A constant for people: its value where it is one small number or string, else its type and shape."""
    from migrate.signatures.dtypes import dtype_name

    value = _constant(index, tensor)
    if value is None:
        return "computed"
    dims = [dim.size for dim in value.tensor_shape.dim]
    if dims:
        return f"{dtype_name(value.dtype)} constant of shape {dims}"
    if value.dtype == _BOOL and (numbers := constant_numbers(index, tensor)):
        return str(bool(numbers[0]))
    if numbers := constant_numbers(index, tensor):
        return str(numbers[0])
    if strings := constant_strings(index, tensor):
        return repr(strings[0].decode("utf-8", "replace"))
    if value.dtype == _FLOAT:
        packed = struct.unpack("<f", value.tensor_content[:4])[0] if value.tensor_content else None
        return f"{packed if packed is not None else _filled(list(value.float_val), value, 0.0)[0]:g}"
    return f"{dtype_name(value.dtype)} constant"
