"""The tensors that TensorInfo messages name, one after the other (tensorflow/core/protobuf/meta_graph.proto)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from migrate.signatures.model import Shape

_INT64 = 9
_SPARSE = (
    ("indices", "indices_tensor_name"),
    ("values", "values_tensor_name"),
    ("dense_shape", "dense_shape_tensor_name"),
)


class NamedTensor(NamedTuple):
    """One tensor of a TensorInfo.

    Attributes:
        part: Which one of a sparse or composite TensorInfo; empty for a dense one.
        name: The tensor's, or an operation's.
        dtype: TensorFlow's DataType number, 0 for an operation.
        shape: As far as it is said; a part of a sparse one has none.
    """

    part: str
    name: str
    dtype: int
    shape: Shape


def named_tensors(info: Any) -> tuple[NamedTensor, ...]:
    """The tensors of a TensorInfo message: the sparse one's are indices, values and dense shape."""
    encoding = info.WhichOneof("encoding")
    if encoding == "coo_sparse":
        dtypes = (_INT64, info.dtype % 100, _INT64)
        return tuple(
            NamedTensor(part, getattr(info.coo_sparse, field), dtype, None)
            for (part, field), dtype in zip(_SPARSE, dtypes, strict=True)
        )
    if encoding == "composite_tensor":
        return tuple(
            NamedTensor(f"component {number}", info.name, info.dtype % 100, _shape(info))
            for number, info in enumerate(_components(info))
        )
    return (NamedTensor("", info.name, info.dtype % 100, _shape(info)),)


def set_tensor_name(info: Any, number: int, name: str) -> None:
    """Names the tensor anew that has this number in `named_tensors`."""
    encoding = info.WhichOneof("encoding")
    if encoding == "coo_sparse":
        setattr(info.coo_sparse, _SPARSE[number][1], name)
    elif encoding == "composite_tensor":
        _components(info)[number].name = name
    else:
        info.name = name


def covers(one: Shape, other: Shape) -> bool:
    """Whether everything of the other shape is of the one, too."""
    if one is None:
        return True
    if other is None or len(one) != len(other):
        return False
    return all(size is None or size == there for size, there in zip(one, other, strict=True))


def _shape(info: Any) -> Shape:
    if not info.HasField("tensor_shape") or info.tensor_shape.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else dim.size for dim in info.tensor_shape.dim)


def _components(info: Any) -> list[Any]:
    if info.WhichOneof("encoding") != "composite_tensor":
        return [info]
    return [leaf for component in info.composite_tensor.components for leaf in _components(component)]
