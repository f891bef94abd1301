"""Takes out the branches of v1 conditionals that a signature can never take.

`tf.cond(is_training, ...)` over a placeholder with a default that no signature feeds leaves both branches in
the graph, dropout and batch statistics among them. What the predicate is, is known: the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.graph.constants import constant_numbers
from migrate.graph.frames import MERGES, NEXT_ITERATIONS, Frames
from migrate.graph.index import GraphIndex
from migrate.graph.tensors import Tensor, parse_tensor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.registry import OpRegistry

_INT32 = 3


def known_predicate(index: GraphIndex, tensor: Tensor) -> bool | None:
    """The value of a predicate that no input can change, or None."""
    op = index.op(tensor.node)
    inputs = index.data_inputs(tensor.node)
    if op in ("PlaceholderWithDefault", "Identity", "StopGradient"):
        return known_predicate(index, inputs[0])
    if op == "LogicalNot":
        value = known_predicate(index, inputs[0])
        return None if value is None else not value
    if op in ("LogicalAnd", "LogicalOr"):
        values = [known_predicate(index, each) for each in inputs]
        deciding = op == "LogicalOr"
        if deciding in values:
            return deciding
        return None if None in values else not deciding
    numbers = constant_numbers(index, tensor)
    return bool(numbers[0]) if numbers is not None and len(numbers) == 1 else None


def without_dead_branches(graph_def: Any, registry: OpRegistry, fetches: Iterable[Tensor]) -> Any:
    """A graph in which each Switch over a known predicate, and each Merge that it decides, is an Identity.

    Args:
        graph_def: A graph that stands on its own; what is fed is a Placeholder in it.
        registry: The OpDefs of its operations.
        fetches: The tensors that are wanted.

    Returns:
        The graph that is left. The same graph if nothing was known, or if a fetched tensor is in a branch that
        is never taken: running that fails, as it does in TF1.
    """
    if not any(node.op == "Switch" for node in graph_def.node):
        return graph_def
    index = GraphIndex(graph_def, registry)
    fetches = tuple(fetches)
    known = _known_switches(index)
    if not known:
        return graph_def
    dead_nodes, dead_tensors = _dead(index, known)
    if any(tensor in dead_tensors or tensor.node in dead_nodes for tensor in fetches):
        return graph_def
    moved = {Tensor(name, port): Tensor(name, 0) for name, port in known.items()}
    result = protos.graph_def()
    for name, source in index.nodes.items():
        if name in dead_nodes:
            continue
        inputs = index.inputs(name)
        alive = [each for each in inputs if each not in dead_tensors and each.node not in dead_nodes]
        node = result.node.add()
        node.CopyFrom(source)
        if name in known:
            _make_identity(node, [inputs[0], *(each for each in alive if each.is_control)])
        elif source.op in MERGES and len(alive) < len(inputs):
            data = [each for each in alive if not each.is_control]
            if len(data) != 1:
                return graph_def  # A Merge of three or more: its value_index would count anew.
            _make_identity(node, alive)
            if Tensor(name, 1) in index.consumers:
                which = _value_index(name, inputs.index(data[0]))
                moved[Tensor(name, 1)] = Tensor(which.name, 0)
                result.node.append(which)
        else:
            _set_inputs(node, alive)
    for node in result.node:
        _set_inputs(node, [moved.get(each, each) for each in map(parse_tensor, node.input)])
    result.versions.CopyFrom(graph_def.versions)
    result.library.CopyFrom(graph_def.library)
    return _pruned(result, registry, fetches)


def _known_switches(index: GraphIndex) -> dict[str, int]:
    """The Switches whose input always takes the same way: their names, and the port it comes out of."""
    found = {}
    for name in index.nodes:
        if index.op(name) == "Switch":
            predicate = index.data_inputs(name)[1]
            value = None if index.op(predicate.node) == "LoopCond" else known_predicate(index, predicate)
            if value is not None:
                found[name] = int(value)
    return found


def _dead(index: GraphIndex, known: dict[str, int]) -> tuple[set[str], set[Tensor]]:
    """The nodes that never run, and the outputs of those Switches that nothing ever comes out of."""
    dead_tensors = {Tensor(name, 1 - port) for name, port in known.items()}
    dead: set[str] = set()
    for name in Frames(index).order:
        inputs = index.inputs(name)
        gone = [each in dead_tensors or each.node in dead for each in inputs]
        if index.op(name) in MERGES:
            data = [
                is_gone
                for is_gone, each in zip(gone, inputs, strict=True)
                if not each.is_control and index.op(each.node) not in NEXT_ITERATIONS
            ]
            if data and all(data):
                dead.add(name)
        elif any(gone):
            dead.add(name)
    return dead, dead_tensors


def _make_identity(node: Any, inputs: Iterable[Tensor]) -> None:
    dtype = node.attr["T"].type
    node.op = "Identity"
    node.ClearField("attr")
    node.attr["T"].type = dtype
    _set_inputs(node, inputs)


def _value_index(merge: str, number: int) -> Any:
    node = protos.node_def()
    node.name, node.op = f"{merge}/value_index", "Const"
    node.attr["dtype"].type = _INT32
    node.attr["value"].tensor.dtype = _INT32
    node.attr["value"].tensor.tensor_shape.SetInParent()
    node.attr["value"].tensor.int_val.append(number)
    return node


def _set_inputs(node: Any, inputs: Iterable[Tensor]) -> None:
    texts = [each.as_input for each in inputs]
    del node.input[:]
    node.input.extend(texts)


def _pruned(graph_def: Any, registry: OpRegistry, fetches: tuple[Tensor, ...]) -> Any:
    index = GraphIndex(graph_def, registry)
    needed = index.slice_of(fetches)
    result = protos.graph_def()
    # What is fed stays, though it may not be needed any more: it is an input of the signature.
    result.node.extend(node for node in graph_def.node if node.name in needed or node.op == "Placeholder")
    result.versions.CopyFrom(graph_def.versions)
    result.library.CopyFrom(graph_def.library)
    return result
