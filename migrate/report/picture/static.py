"""Which nodes of a graph hold or compute nothing but small constants and shapes."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from migrate.graph.tensors import Tensor
from migrate.signatures.dtypes import dtype_name, dtype_size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.index import GraphIndex

_SHAPES = frozenset({"Shape", "ShapeN", "Size", "Rank", "VariableShape", "TensorArraySizeV3"})
_FLOW = frozenset({"Enter", "Exit", "Switch", "Merge", "NextIteration", "LoopCond", "RefEnter", "RefSwitch"})
_LEAST = 16
"""Elements of a constant that counts as a weight."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A constant large enough to be what was once a variable.

    Attributes:
        dtype: TensorFlow's name of its type.
        shape: Its shape.
    """

    dtype: str
    shape: tuple[int, ...]

    @property
    def byte_size(self) -> int | None:
        """Its bytes, None for strings."""
        width = dtype_size(self.dtype)
        return None if width is None else width * prod(self.shape)


def static_nodes(index: GraphIndex, order: Iterable[str], fed: set[str]) -> frozenset[str]:
    """The nodes whose values follow from constants and from shapes.

    Args:
        index: The graph.
        order: The nodes to look at, producers before consumers.
        fed: Nodes that are fed, whatever they are.
    """
    found: set[str] = set()
    for name in order:
        op = index.op(name)
        if name in fed or op in _FLOW:
            continue
        if op in _SHAPES or (op == "Const" and weight_of(index, Tensor(name, 0)) is None):
            found.add(name)
            continue
        inputs = index.data_inputs(name)
        if inputs and all(tensor.node in found for tensor in inputs) and not index.registry.is_stateful(op):
            found.add(name)
    return frozenset(found)


def weight_of(index: GraphIndex, tensor: Tensor) -> Weight | None:
    """The constant a tensor is, where it is a large one of numbers."""
    node = index.nodes.get(tensor.node)
    if node is None or node.op != "Const":
        return None
    proto = node.attr["value"].tensor
    shape = tuple(dim.size for dim in proto.tensor_shape.dim)
    if prod(shape) < _LEAST:
        return None
    return Weight(dtype_name(proto.dtype), shape)
