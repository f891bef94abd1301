"""FunctionDefs made of nodes of a graph.

Source: tensorflow/core/framework/function.proto. Inside a function a tensor is `argument`, or
`node:output_argument:number`, and outputs are named in `ret`.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.graph.functional.net import drop_empty_attributes
from migrate.graph.functional.repeated_adds import part_repeated_terms
from migrate.graph.functional.results import NotRaised
from migrate.graph.handles import REF_VARIABLES, RESOURCE_VARIABLES
from migrate.graph.ports import RESOURCE, output_ports
from migrate.graph.state import TABLES
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrate.graph.functional.handle_data import HandleData, Holding
    from migrate.graph.functional.net import Net

_OUTSIDE = REF_VARIABLES | RESOURCE_VARIABLES | TABLES | {"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"}
"""Operations that a caller feeds or that make state: they are at home in the graph, not in a function."""


_CALLS = frozenset({"If", "StatelessIf", "While", "StatelessWhile"})
_FLOATING = frozenset({1, 2, 8, 14, 18, 19})
"""float, double, complex64, bfloat16, complex128, half (tensorflow/core/framework/types.proto)"""

_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Argument:
    """An argument of a function."""

    name: str
    dtype: int
    holding: Holding | None = None


@dataclass
class Body:
    """What goes into one function.

    Attributes:
        nodes: Names of the nodes, in any order.
        arguments: In order.
        known: The tensors of the graph that are arguments inside.
        returns: The tensors of the graph, or nodes of `extra`, that are outputs, in order, with their types.
        extra: Nodes that only the function has, with names free in the graph.
    """

    nodes: Sequence[str]
    arguments: Sequence[Argument]
    known: Mapping[Tensor, str]
    returns: Sequence[tuple[Tensor | str, int]]
    extra: Sequence[Any] = field(default_factory=tuple)


def check_nodes(net: Net, names: Iterable[str]) -> None:
    """Makes sure that nodes may go into a function.

    Raises:
        NotRaised: One of them may not.
    """
    for name in names:
        op = net.op(name)
        if op in _OUTSIDE:
            raise NotRaised(f"it makes a variable, a table or an input ({name}, {op})")
        if name in net.wanted:
            raise NotRaised(f"{name} inside it is fed or fetched")
        taken, given = net.input_ports(name), net.output_ports(name)
        if taken is None or given is None:
            raise NotRaised(f"the operation {op} of {name} is not known")
        if any(port.is_ref for port in (*taken, *given)):
            raise NotRaised(f"a reference goes through {name}")


def check_handles(net: Net, handles: HandleData, names: Iterable[str]) -> None:
    """Makes sure that no variable gets as a handle into a function inside a function.

    There its gradient would be lost once the model is saved and loaded (see reads.py).

    Raises:
        NotRaised: One would, of a type that has gradients.
    """
    for name in names:
        if net.op(name) not in _CALLS:
            continue
        for tensor in net.data_inputs(name):
            port, holding = net.port(tensor), handles.of(tensor)
            if port is None or port.dtype != RESOURCE or holding is None or holding.maker in net.untrained:
                continue
            if holding.dtype in _FLOATING:
                raise NotRaised(f"{name} inside it takes a variable that is written to: its gradient would be lost")


def is_stateful(net: Net, names: Iterable[str]) -> bool:
    """Whether any of these nodes has or changes state."""
    return any(net.registry.is_stateful(net.op(name)) for name in names)


def argument_prefix(names: Iterable[str]) -> str:
    """A prefix for names of arguments that none of these nodes begins with."""
    taken = tuple(names)
    prefix = "arg"
    while any(name.startswith(prefix) for name in taken):
        prefix += "_"
    return prefix


def add_function(net: Net, base: str, body: Body) -> str:
    """Makes a FunctionDef and gives its name, which no other has in this process.

    TensorFlow keeps all functions of a process in one list, and refuses two of one name that differ. Two that are
    equal do not stay so: the gradient of a While replaces its body by one called `..._rewritten`, that also puts
    out what the gradient needs (`_WhileGrad` in tensorflow/python/ops/while_v2.py).
    """
    function = protos.message_type("core.framework.function_pb2.FunctionDef")()
    inside = frozenset(body.nodes)
    for argument in body.arguments:
        made = function.signature.input_arg.add(name=argument.name, type=argument.dtype)
        if argument.holding is not None:
            made.handle_data.add(dtype=argument.holding.dtype, shape=argument.holding.shape)
    for node in body.extra:
        function.node_def.add().CopyFrom(node)
    for name in body.nodes:
        _add_node(net, function, name, body.known, inside)
    for number, (tensor, dtype) in enumerate(body.returns):
        function.signature.output_arg.add(name=f"out{number}", type=dtype)
        function.ret[f"out{number}"] = tensor if isinstance(tensor, str) else _spell(net, tensor, body.known, inside)
    for number, name in enumerate(_must_run(net, body, inside)):
        function.signature.control_output.append(f"run{number}")
        function.control_ret[f"run{number}"] = name
    part_repeated_terms(function)
    function.signature.is_stateful = is_stateful(net, body.nodes)
    clean = re.sub(r"[^A-Za-z0-9_]", "_", base)
    function.signature.name = f"{clean}_raised_{next(_NUMBERS)}"
    net.functions[function.signature.name] = function
    return str(function.signature.name)


def _add_node(net: Net, function: Any, name: str, known: Mapping[Tensor, str], inside: frozenset[str]) -> None:
    node = function.node_def.add()
    node.CopyFrom(net.nodes[name])
    drop_empty_attributes(node)
    # Colocation names nodes that may be outside.
    if "_class" in node.attr:
        del node.attr["_class"]
    del node.input[:]
    for tensor in net.inputs(name):
        if tensor.port >= 0:
            node.input.append(_spell(net, tensor, known, inside))
        elif tensor.node in inside:
            node.input.append(f"^{tensor.node}")


def _spell(net: Net, tensor: Tensor, known: Mapping[Tensor, str], inside: frozenset[str]) -> str:
    if tensor in known:
        return known[tensor]
    if tensor.node not in inside:
        raise NotRaised(f"it takes {tensor} in a way that is not understood")
    ports = output_ports(net.nodes[tensor.node], net.registry.get(net.op(tensor.node)))
    if tensor.port >= len(ports):
        raise NotRaised(f"there is no {tensor}")
    argument = ports[tensor.port].argument
    number = sum(port.argument == argument for port in ports[: tensor.port])
    return f"{tensor.node}:{argument}:{number}"


def _must_run(net: Net, body: Body, inside: frozenset[str]) -> list[str]:
    """The nodes to run besides those that the outputs hang on, and all that have an effect."""
    needed: set[str] = set()
    stack = [tensor.node for tensor, _ in body.returns if isinstance(tensor, Tensor) and tensor not in body.known]
    while stack:
        name = stack.pop()
        if name not in needed and name in inside:
            needed.add(name)
            stack.extend(tensor.node for tensor in net.inputs(name) if tensor not in body.known)
    return [name for name in body.nodes if name not in needed or net.registry.is_stateful(net.op(name))]
