"""What a graph says about the shape of an input: which shapes the operations that take it can take.

A signature often knows less about an input than its consumers demand: a placeholder of unknown shape that goes into a
matrix product has a known number of columns all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from migrate.verify.constants import constant_dims, static_shape
from migrate.verify.contract import merge_shapes

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrate.signatures.model import Shape
    from migrate.verify.flatgraph import FlatGraph, Node, Ref

_SAME_SHAPE = frozenset(
    [
        "Arg",
        "Identity",
        "Cast",
        "Enter",
        "Snapshot",
        "StopGradient",
        "CheckNumerics",
        "PlaceholderWithDefault",
        "Neg",
        "Abs",
        "Square",
        "Sqrt",
        "Rsqrt",
        "Exp",
        "Log",
        "Log1p",
        "Tanh",
        "Sigmoid",
        "Relu",
        "Relu6",
        "Elu",
        "Softplus",
        "Sign",
        "Floor",
        "Round",
    ]
)
_BROADCAST = frozenset(
    ["Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "FloorDiv", "FloorMod", "Maximum", "Minimum", "SquaredDifference"]
)
_SPARSE_DENSE = frozenset({"SparseDenseCwiseMul", "SparseDenseCwiseDiv", "SparseDenseCwiseAdd"})


def dense_shape(graph: FlatGraph, name: str, shape: Shape) -> Shape:
    """A dense input's shape, as far as it is declared and as its consumers demand it.

    Args:
        graph: The flat graph of the model.
        name: The input's tensor.
        shape: What is known about it already.
    """
    ref = graph.tensor(name)
    todo, seen = [] if ref is None else [ref], {ref}
    while todo:
        for node, slot in graph.consumers(todo.pop()):
            other = _demanded(graph, node, slot, shape)
            shape = merge_shapes(shape, other)
            if node.op in _SAME_SHAPE or (node.op in _BROADCAST and other is not None):
                out = graph.output(node)
                if out not in seen:
                    seen.add(out)
                    todo.append(out)
    return shape


def sparse_shape(graph: FlatGraph, names: tuple[str, str, str], shape: Shape) -> Shape:
    """The same for a sparse input, from the tensors of its indices, values and dense shape."""
    indices, _, dims = (graph.tensor(name) for name in names)
    for ref, axis in ((dims, 0), (indices, 1)):
        known = None if ref is None else static_shape(graph, ref)
        if known is not None and len(known) > axis and (rank := known[axis]) is not None:
            shape = merge_shapes(shape, (None,) * rank)
    if dims is not None:
        node = graph.producer(dims)
        if node is not None and node.op == "PlaceholderWithDefault":
            shape = merge_shapes(shape, constant_dims(graph, node.inputs[0]))
        for consumer, slot in _through_identity(graph, dims):
            shape = merge_shapes(shape, _demanded_of_sparse(graph, consumer, slot, shape))
    if indices is not None:
        for consumer, slot in _through_identity(graph, indices):
            if consumer.op == "SparseToDense" and slot == 0:
                shape = merge_shapes(shape, constant_dims(graph, consumer.inputs[1]))
    return shape


def _demanded(graph: FlatGraph, node: Node, slot: int, shape: Shape) -> Shape:
    """The shape one consumer demands; None where it says nothing."""
    if node.op in _BROADCAST:
        return _broadcast(static_shape(graph, node.inputs[1 - slot]), shape)
    rule = _RULES.get(node.op)
    return None if rule is None else rule(graph, node, slot, shape)


def _broadcast(other: Shape, shape: Shape) -> Shape:
    """Beside `other` each dimension has its size, where that is not 1; None where the sum is of another shape."""
    if other is None or shape is None or len(other) > len(shape):
        return None
    dims = [None if dim == 1 else dim for dim in other]
    return (*(None,) * (len(shape) - len(dims)), *dims)


def _matmul(graph: FlatGraph, node: Node, slot: int, shape: Shape) -> Shape:
    """Also of batches of matrices; what may be one and is of unknown rank is taken for a matrix."""
    other = static_shape(graph, node.inputs[1 - slot]) if slot < 2 else None
    if other is None or len(other) < 2:
        return None
    names = ("transpose_a", "transpose_b") if node.op == "MatMul" else ("adj_x", "adj_y")
    turned = tuple(node.attr[name].b for name in names)
    # The first one's columns are the second one's rows.
    shared = other[-2:][(0 if slot == 0 else 1) ^ turned[1 - slot]]
    matrix = (None, shared) if (slot == 0) ^ turned[slot] else (shared, None)
    return (*(None,) * (0 if shape is None else len(shape) - 2), *matrix)


def _convolution(graph: FlatGraph, node: Node, slot: int, _: Shape) -> Shape:
    kernel = static_shape(graph, node.inputs[1]) if slot == 0 else None
    if kernel is None or len(kernel) != 4:
        return None
    if node.attr["data_format"].s == b"NCHW":
        return (None, kernel[2], None, None)
    return (None, None, None, kernel[2])


def _bias(graph: FlatGraph, node: Node, slot: int, shape: Shape) -> Shape:
    if slot or node.attr["data_format"].s == b"NCHW":
        return None
    return _broadcast(static_shape(graph, node.inputs[1]), shape)


def _reshape(graph: FlatGraph, node: Node, slot: int, shape: Shape) -> Shape:
    """Rows stay rows where the target is [-1, ...]: so the one unknown dimension follows from the others."""
    target = constant_dims(graph, node.inputs[1]) if slot == 0 else None
    if target is None or shape is None or len(target) < 2 or target[0] is not None or None in target[1:]:
        return None
    known = [dim for dim in shape[1:] if dim is not None]
    if len(known) != len(shape) - 2:
        return None
    size, rest = np.prod([dim or 1 for dim in target[1:]]), np.prod(known or [1])
    return (None, *(int(size // rest) if dim is None else dim for dim in shape[1:])) if size % rest == 0 else None


_RULES: dict[str, Callable[[FlatGraph, Node, int, Shape], Shape]] = {
    "MatMul": _matmul,
    "BatchMatMul": _matmul,
    "BatchMatMulV2": _matmul,
    "BatchMatMulV3": _matmul,
    "Conv2D": _convolution,
    "DepthwiseConv2dNative": _convolution,
    "BiasAdd": _bias,
    "Reshape": _reshape,
}


def _demanded_of_sparse(graph: FlatGraph, node: Node, slot: int, shape: Shape) -> Shape:
    """The same for an operation that takes the dense shape of a sparse tensor at this slot."""
    if node.op == "SparseReshape" and slot == 1:
        target = constant_dims(graph, node.inputs[2])
        if target is None or target[0] is not None or None in target[1:] or shape is None or len(shape) < 2:
            return None
        return (*(None,) * (len(shape) - 1), int(np.prod([dim or 1 for dim in target[1:]])))
    if slot != 2:
        return None
    other = static_shape(graph, node.inputs[3]) if len(node.inputs) > 3 else None
    if other is None:
        return None
    if node.op == "SparseTensorDenseMatMul" and len(other) == 2:
        shared = other[1 if node.attr["adjoint_b"].b else 0]
        return (shared, None) if node.attr["adjoint_a"].b else (None, shared)
    if node.op in _SPARSE_DENSE:
        return _broadcast(other, shape)
    if node.op == "SparseTensorDenseAdd":
        return other
    if node.op == "SparseSlice" and len(other) == 1 and other[0] is not None:
        return (None,) * other[0]
    return None


def _through_identity(graph: FlatGraph, ref: Ref) -> list[tuple[Node, int]]:
    found, todo = [], [ref]
    while todo:
        for node, slot in graph.consumers(todo.pop()):
            found.append((node, slot))
            if node.op in ("Identity", "Arg", "PlaceholderWithDefault"):
                todo.append(graph.output(node))
    return found
