"""Replaces the calls of functions by what they call, so that every tensor inside of them can be fetched.

A session cannot fetch the inner tensors of a call, and everything in a TF2 SavedModel is inside one. Loops and
conditionals stay as they are: each is one operation.

Works on protos; does not import TensorFlow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.graph.ports import output_ports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.graph.registry import OpRegistry

CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
_DEPTH = 40
_MOST_NODES = 100_000
_NOT_COPIED = ("_class", "_output_shapes")
"""Names of nodes that have others now, and shapes that TensorFlow infers again."""


class CannotInlineError(Exception):
    """The calls of a graph cannot be replaced; the message says why."""


class Inliner:
    """Makes a GraphDef without calls out of what some nodes of a graph need.

    Args:
        graph_def: A `tensorflow.GraphDef`; it is not changed.
        registry: What its operations take and give.

    Attributes:
        graph_def: The result. The nodes of the main graph keep their names; a call becomes an IdentityN of the
            results, or a NoOp. It has no functions.
        made: The names of the nodes that are not in the given graph, or depend on one that is not.
    """

    def __init__(self, graph_def: Any, registry: OpRegistry) -> None:
        self._registry = registry
        self._functions = {function.signature.name: function for function in graph_def.library.function}
        self._nodes = {node.name: node for node in graph_def.node}
        self.graph_def = type(graph_def)()
        self.graph_def.versions.CopyFrom(graph_def.versions)
        self.made: set[str] = set()

    def add(self, names: Iterable[str]) -> None:
        """Adds the nodes of these names, and all that they need.

        Raises:
            CannotInlineError: A node is missing, or calls are nested too deep.
        """
        for node in self._slice(names):
            start = len(self.graph_def.node)
            self._copy(node, node.name, list(node.input), depth=0)
            if self._called(node) is not None:
                self.made |= {made.name for made in self.graph_def.node[start:]}
        self._spread()

    def _spread(self) -> None:
        """What depends on a replaced call is another node, too; a loop may lead back to what came before."""
        before = -1
        while before != len(self.made):
            before = len(self.made)
            for node in self.graph_def.node:
                if any(_node_of(name) in self.made for name in node.input):
                    self.made.add(node.name)

    def _slice(self, names: Iterable[str]) -> list[Any]:
        """The nodes of the main graph in an order in which, but for loops, each stands after what it needs."""
        order: list[Any] = []
        seen: set[str] = set()
        todo = [(name, False) for name in names]
        while todo:
            name, done = todo.pop()
            if name not in self._nodes:
                raise CannotInlineError(f"its graph has no node {name!r}")
            if done:
                order.append(self._nodes[name])
            elif name not in seen:
                seen.add(name)
                todo.append((name, True))
                todo += [(_node_of(source), False) for source in self._nodes[name].input]
        return order

    def _copy(self, node: Any, name: str, inputs: list[str], depth: int) -> None:
        if depth > _DEPTH or len(self.graph_def.node) > _MOST_NODES:
            raise CannotInlineError("its functions are too large, or nested too deep")
        function = self._called(node)
        if function is None:
            copy = self.graph_def.node.add()
            copy.CopyFrom(node)
            copy.name = name
            copy.input[:] = inputs
            for attribute in _NOT_COPIED if depth else ():
                copy.attr.pop(attribute, None)
            return
        self._inline(node, function, name, inputs, depth)

    def _called(self, node: Any) -> Any:
        name = node.attr["f"].func.name if node.op in CALLS else node.op
        return self._functions.get(name)

    def _inline(self, call: Any, function: Any, name: str, inputs: list[str], depth: int) -> None:
        data = [source for source in inputs if not source.startswith("^")]
        before = [source for source in inputs if source.startswith("^")]
        names = dict(zip((argument.name for argument in function.signature.input_arg), data, strict=True))
        inner = {node.name: node for node in function.node_def}
        attributes = call.attr["f"].func.attr if call.op in CALLS else call.attr
        for node in function.node_def:
            sources = [self._outer(source, name, names, inner) for source in node.input]
            # What the call waits for, its first nodes wait for.
            waits = before if not any(_body_node(source) in inner for source in node.input) else []
            start = len(self.graph_def.node)
            self._copy(node, f"{name}/{node.name}", [*sources, *waits], depth + 1)
            for made in self.graph_def.node[start:]:
                _fill(made, attributes)
        outputs = [
            self._outer(function.ret[argument.name], name, names, inner) for argument in function.signature.output_arg
        ]
        result = self.graph_def.node.add(name=name, op="IdentityN" if outputs else "NoOp")
        result.input[:] = [*outputs, *(f"^{name}/{effect}" for effect in function.control_ret.values())]
        if outputs:
            result.attr["T"].list.type[:] = self._types(call, function, attributes)

    def _types(self, call: Any, function: Any, attributes: Mapping[str, Any]) -> list[int]:
        if call.op in CALLS:
            return list(call.attr["Tout"].list.type)
        return [argument.type or attributes[argument.type_attr].type for argument in function.signature.output_arg]

    def _outer(self, source: str, call: str, arguments: Mapping[str, str], inner: Mapping[str, Any]) -> str:
        """The name outside of a function of `argument`, `node:port:0` or `^node` inside of it."""
        if source.startswith("^"):
            # An argument is there before anything in the function runs.
            return f"^{call}/{source[1:]}" if source[1:] in inner else f"^{_node_of(arguments[source[1:]])}"
        if source in arguments:
            return arguments[source]
        node, _, rest = source.partition(":")
        port, _, index = rest.partition(":")
        if node not in inner:
            raise CannotInlineError(f"a function has no node {node!r}")
        return f"{call}/{node}:{self._position(inner[node], port) + int(index or 0)}"

    def _position(self, node: Any, port: str) -> int:
        definition = self._registry.get(node.op)
        if definition is None:
            raise CannotInlineError(f"its operation {node.op} is not known")
        names = [output.argument for output in output_ports(node, definition)]
        if port not in names:
            raise CannotInlineError(f"its operation {node.op} has no output {port!r}")
        return names.index(port)


def _fill(node: Any, attributes: Mapping[str, Any]) -> None:
    """Attributes that the function's caller decides on."""
    for value in node.attr.values():
        if value.placeholder and value.placeholder in attributes:
            value.CopyFrom(attributes[value.placeholder])


def _body_node(source: str) -> str:
    return source.removeprefix("^").partition(":")[0]


def _node_of(name: str) -> str:
    return name.removeprefix("^").partition(":")[0]
