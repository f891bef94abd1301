"""Turns calls of library functions by their own name into PartitionedCall.

TF1 calls a Defun by an operation of the function's name. TF2 runs such a call, but cannot differentiate it: it
looks for a SymbolicGradient. PartitionedCall and StatefulPartitionedCall do the same and have gradients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.graph.functions import reachable
from migrate.graph.ports import input_ports, output_ports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.graph.registry import OpRegistry


def partition_calls(graph_def: Any, registry: OpRegistry) -> None:
    """Rewrites all calls by name, in place, in the graph and in its functions.

    A gradient function that the library declares for a called function (GradientDef) is not kept: what is
    differentiated is what the function computes.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    for node in graph_def.node:
        _strip(node)
        if node.op in functions:
            _rewrite(node, functions, registry)
    for function in functions.values():
        names: dict[str, tuple[str, ...]] = {}
        for node in function.node_def:
            _strip(node)
            if node.op in functions:
                names[node.name] = _flat_outputs(node, functions[node.op].signature)
                _rewrite(node, functions, registry)
        if names:
            _rename_outputs(function, names)


def _strip(node: Any) -> None:
    """Gradients overridden by name are registered in the program that made the graph, not in this one."""
    for name in ("_gradient_op_type", "_class"):
        if name in node.attr:
            del node.attr[name]


def _rewrite(node: Any, functions: Mapping[str, Any], registry: OpRegistry) -> None:
    function = functions[node.op]
    inputs = [port.dtype for port in input_ports(node, function.signature)]
    outputs = [port.dtype for port in output_ports(node, function.signature)]
    attributes = {attr.name: node.attr[attr.name] for attr in function.signature.attr if attr.name in node.attr}
    stateful = _is_stateful(function, functions, registry)
    called = node.op
    kept = list(attributes.items())
    copies = [(name, type(value).FromString(value.SerializeToString())) for name, value in kept]
    node.ClearField("attr")
    node.op = "StatefulPartitionedCall" if stateful else "PartitionedCall"
    node.attr["Tin"].list.SetInParent()
    node.attr["Tin"].list.type.extend(inputs)
    node.attr["Tout"].list.SetInParent()
    node.attr["Tout"].list.type.extend(outputs)
    node.attr["f"].func.name = called
    for name, value in copies:
        node.attr["f"].func.attr[name].CopyFrom(value)


def _is_stateful(function: Any, functions: Mapping[str, Any], registry: OpRegistry) -> bool:
    if function.signature.is_stateful:
        return True
    bodies = [function, *(functions[name] for name in reachable(function.node_def, functions))]
    return any(registry.is_stateful(node.op) for body in bodies for node in body.node_def if node.op not in functions)


def _flat_outputs(node: Any, signature: Any) -> tuple[str, ...]:
    """The names of a call's outputs as a function body spells them, in order: `node:argument:number`."""
    found: list[str] = []
    counts: dict[str, int] = {}
    for port in output_ports(node, signature):
        number = counts.get(port.argument, 0)
        counts[port.argument] = number + 1
        found.append(f"{node.name}:{port.argument}:{number}")
    return tuple(found)


def _rename_outputs(function: Any, names: Mapping[str, tuple[str, ...]]) -> None:
    """PartitionedCall has one output argument, `output`, with all of them."""
    moved = {old: f"{node}:output:{number}" for node, outputs in names.items() for number, old in enumerate(outputs)}
    for node in function.node_def:
        inputs = [moved.get(text, text) for text in node.input]
        del node.input[:]
        node.input.extend(inputs)
    for key, value in list(function.ret.items()):  # A map must not change while it is walked.
        function.ret[key] = moved.get(value, value)
