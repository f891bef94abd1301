"""Reads of variables inside loops and conditionals, moved in front of them where nothing writes.

Functions that take a variable's value are safer on TF2 than those that take its handle: once a model is saved and
loaded, what a handle holds is forgotten in functions inside functions. Gradients then fail ("a variable without
handle data"), or come out as zero without a word; measured on TF 2.21 with models that it made itself (a
`tf.while_loop` in a `tf.while_loop`, or a `tf.cond` in one, that reads a variable).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.graph.frames import ENTERS, SWITCHES
from migrate.graph.functional.constants import INT32, int_constant
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from migrate.graph.functional.net import Net

_PASSING = ENTERS | SWITCHES | {"Identity"}
_GATHERS = {"ResourceGather": "GatherV2", "ResourceGatherNd": "GatherNd"}
_DIFFERENTIABLE = frozenset({"ReadVariableOp", *_GATHERS})
_READING = frozenset({"ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape"})


def hoist_reads(net: Net) -> None:
    """Lets reads inside loops and conditionals take the value of one read outside.

    It is the same value where nothing in the graph writes to the variable or asks whether it has a value. Reads of
    other variables stay where they are; those that nobody differentiates by are cut off from gradients, which
    otherwise fail for what such a handle holds.
    """
    for name in [name for name in net if net.op(name) == "VarHandleOp"]:
        passing, is_constant = _passing(net, name)
        values: dict[Tensor, Tensor] = {}
        for read in [read for node in passing for read in net.takers(node)]:
            op = net.op(read)
            if not is_constant:
                if name in net.untrained and op in _DIFFERENTIABLE:
                    _cut_off(net, read)
            elif op == "ReadVariableOp":
                _hoist(net, read, values)
            elif op in _GATHERS:
                _hoist_gather(net, read, values)
            elif op == "VariableShape":
                _hoist_shape(net, read, values)
        # Those found last hand on to nobody else that was found.
        for node in reversed(passing):
            if is_constant and not net.takers(node):
                net.remove(node)


def _passing(net: Net, name: str) -> tuple[list[str], bool]:
    """The nodes that hand a variable's handle on, and whether nothing writes to it."""
    found: list[str] = []
    is_constant = True
    stack = [name]
    while stack:
        giver = stack.pop()
        for taker in net.takers(giver):
            if not any(tensor.node == giver and tensor.port >= 0 for tensor in net.inputs(taker)):
                continue
            if net.op(taker) in _READING:
                continue
            if net.op(taker) not in _PASSING or taker in net.wanted:
                is_constant = False
            elif taker not in found:
                found.append(taker)
                stack.append(taker)
    return found, is_constant


def _cut_off(net: Net, read: str) -> None:
    """Lets a read keep its name, but no gradient through it."""
    node = net.edit(read)
    inputs = net.inputs(read)
    node.name = net.unique(f"{read}/value")
    net.add(node, inputs)
    shield = net.new_node(read, "StopGradient", node.name)
    shield.attr["T"].type = node.attr["dtype"].type
    if "_output_shapes" in node.attr:
        shield.attr["_output_shapes"].CopyFrom(node.attr["_output_shapes"])
    net.add(shield, (Tensor(node.name, 0),))


def _hoist(net: Net, read: str, values: dict[Tensor, Tensor]) -> None:
    """Makes a read an Identity of what was read outside."""
    handle, *order = net.inputs(read)
    dtype = net.nodes[read].attr["dtype"].type
    value = _value(net, handle, dtype, values)
    node = net.edit(read)
    node.op = "Identity"
    for key in list(node.attr):
        if key != "_output_shapes":
            del node.attr[key]
    node.attr["T"].type = dtype
    net.set_inputs(read, (value, *order))


def _hoist_gather(net: Net, gather: str, values: dict[Tensor, Tensor]) -> None:
    """Makes a lookup in a variable one in its value."""
    handle, indices, *order = net.inputs(gather)
    old = net.nodes[gather]
    if "batch_dims" in old.attr and old.attr["batch_dims"].i:
        return
    dtype = old.attr["dtype"].type
    value = _value(net, handle, dtype, values)
    node = net.new_node(gather, _GATHERS[old.op], gather)
    node.attr["Tparams"].type = dtype
    node.attr["Tindices"].type = old.attr["Tindices"].type
    if "_output_shapes" in old.attr:
        node.attr["_output_shapes"].CopyFrom(old.attr["_output_shapes"])
    inputs = [value, indices]
    if node.op == "GatherV2":
        node.attr["Taxis"].type = INT32
        axis = int_constant(net.unique(f"{gather}/axis"), 0)
        net.add(axis, net.beside(gather, (indices, value)))
        inputs.append(Tensor(axis.name, 0))
    net.add(node, (*inputs, *order))


def _hoist_shape(net: Net, read: str, values: dict[Tensor, Tensor]) -> None:
    """Makes a question for a variable's shape one for that of its value."""
    handle, *order = net.inputs(read)
    source = _source(net, handle)
    old = net.nodes[read]
    node = net.new_node(read, "Shape", read)
    node.attr["T"].type = net.nodes[source].attr["dtype"].type
    node.attr["out_type"].type = old.attr["out_type"].type if "out_type" in old.attr else INT32
    if "_output_shapes" in old.attr:
        node.attr["_output_shapes"].CopyFrom(old.attr["_output_shapes"])
    value = _value(net, handle, node.attr["T"].type, values)
    net.add(node, (value, *order))


def _source(net: Net, handle: Tensor) -> str:
    name = handle.node
    while net.op(name) != "VarHandleOp":
        name = net.data_inputs(name)[0].node
    return name


def _value(net: Net, handle: Tensor, dtype: int, values: dict[Tensor, Tensor]) -> Tensor:
    """The value behind a handle, brought to the same place by the same ways."""
    if handle in values:
        return values[handle]
    source = net.nodes[handle.node]
    if source.op == "VarHandleOp":
        node = net.new_node(net.unique(f"{handle.node}/value_for_functions"), "ReadVariableOp", handle.node)
        node.attr["dtype"].type = dtype
        if "shape" in source.attr:
            node.attr["_output_shapes"].list.shape.add().CopyFrom(source.attr["shape"].shape)
        net.add(node, (Tensor(handle.node, 0),))
        values[handle] = Tensor(node.name, 0)
        return values[handle]
    first, *others = net.inputs(handle.node)
    brought = _value(net, first, dtype, values)
    node = net.new_node(net.unique(f"{handle.node}_value"), source.op, handle.node)
    for key, attribute in source.attr.items():
        if not key.startswith("_"):
            node.attr[key].CopyFrom(attribute)
    node.attr["T"].type = dtype
    net.add(node, (brought, *others))
    for port in range(2 if source.op in SWITCHES else 1):
        values[Tensor(handle.node, port)] = Tensor(node.name, port)
    return values[handle]
