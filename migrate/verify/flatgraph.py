"""A model's graph with its function calls inlined, for looking things up: what feeds what.

TF1 graphs are flat already; a TF2 SavedModel keeps its nodes in the function library behind
PartitionedCall nodes. Here both become one flat graph, so that whoever asks "which ParseExample does this
input reach" or "does this output depend on that input" has one question to put.

Works on the GraphDef message; does not import TensorFlow.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = tuple[str, ...]
"""A node's name after the names of the calls it is inside of."""

_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
_IFS = frozenset({"If", "StatelessIf"})
_WHILES = frozenset({"While", "StatelessWhile"})
_SHAPE_ONLY = frozenset({"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"})
_LIMIT = 200_000
_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Ref:
    """One tensor: output `index` of the node (of its named output `port` inside functions)."""

    node: Key
    port: str
    index: int


@dataclass(slots=True)
class Node:
    """One node of the flat graph; `inputs` are data inputs only, with calls resolved to what they return."""

    key: Key
    op: str
    attr: Any
    inputs: list[Ref] = field(default_factory=list)


class TooLargeError(Exception):
    """The graph has more nodes than are worth looking at, or calls nested too deep."""


class FlatGraph:
    """The flat graph of a GraphDef.

    Args:
        graph_def: A `tensorflow.GraphDef`.

    Raises:
        TooLargeError: Inlined it would have too many nodes.
    """

    def __init__(self, graph_def: Any) -> None:
        self.nodes: dict[Key, Node] = {}
        self._functions = {function.signature.name: function for function in graph_def.library.function}
        self._returns: dict[Key, list[Ref]] = {}
        self._add(graph_def.node, (), {})
        self._consumers: dict[Key, list[tuple[Node, int]]] = defaultdict(list)
        for node in self.nodes.values():
            node.inputs = [self._resolve(ref) for ref in node.inputs]
        for node in self.nodes.values():
            for slot, ref in enumerate(node.inputs):
                self._consumers[ref.node].append((node, slot))

    def tensor(self, name: str) -> Ref | None:
        """The tensor of that name (`x:0`) in the main graph, behind any calls; None where there is none."""
        ref = self._resolve(_parse(name, ()))
        return ref if ref.node in self.nodes else None

    def consumers(self, ref: Ref) -> Iterator[tuple[Node, int]]:
        """The nodes that take exactly this tensor, with the input slot."""
        for node, slot in self._consumers.get(ref.node, ()):
            if node.inputs[slot] == ref:
                yield node, slot

    def consumers_of(self, key: Key) -> list[tuple[Node, int]]:
        """The nodes that take any output of a node, with the input slot."""
        return self._consumers.get(key, [])

    def output(self, node: Node) -> Ref:
        """The first output of a node, as its consumers name it."""
        used = (ref for consumer, slot in self.consumers_of(node.key) for ref in [consumer.inputs[slot]])
        return next((ref for ref in used if ref.index == 0), Ref(node.key, "", 0))

    def producer(self, ref: Ref) -> Node | None:
        """The node that makes a tensor, seen through Identity and function arguments."""
        node = self.nodes.get(ref.node)
        seen = set()
        while node is not None and node.op in ("Identity", "Arg", "Enter", "StopGradient") and node.inputs:
            if node.key in seen:
                return None
            seen.add(node.key)
            node = self.nodes.get(node.inputs[0].node)
        return node

    def ancestors(self, ref: Ref, *, values_only: bool = False) -> set[Key]:
        """All nodes a tensor is computed from, its own included.

        Args:
            ref: The tensor.
            values_only: Do not look behind operations that only see the shape of their input.
        """
        seen = {ref.node}
        todo = [ref.node]
        while todo:
            node = self.nodes.get(todo.pop())
            if node is None or (values_only and node.op in _SHAPE_ONLY):
                continue
            for source in node.inputs:
                if source.node not in seen:
                    seen.add(source.node)
                    todo.append(source.node)
        return seen

    def _add(self, node_defs: Any, scope: Key, arguments: dict[str, Ref]) -> None:
        if len(scope) > _DEPTH or len(self.nodes) + len(node_defs) > _LIMIT:
            raise TooLargeError
        for node_def in node_defs:
            key = (*scope, node_def.name)
            names = [name for name in node_def.input if not name.startswith("^")]
            inputs = [arguments.get(name) or _parse(name, scope) for name in names]
            node = Node(key, node_def.op, node_def.attr, inputs)
            self.nodes[key] = node
            if node.op in _CALLS and node.attr["f"].func.name in self._functions:
                self._returns[key] = self._call(node.attr["f"].func.name, key, inputs)
            elif node.op in self._functions:  # A TF1 Defun: the function's name is the operation.
                self._returns[key] = self._call(node.op, key, inputs)
            elif node.op in _IFS:
                self._branch(node)
            elif node.op in _WHILES:
                self._loop(node)

    def _call(self, name: str, key: Key, inputs: list[Ref]) -> list[Ref]:
        """Puts a function's body into the graph, below `key`; gives what it returns."""
        function = self._functions[name]
        arguments: dict[str, Ref] = {}
        for argument, ref in zip(function.signature.input_arg, inputs, strict=False):
            # A node of its own for each argument: an output may be an argument passed on.
            inner = (*key, argument.name)
            self.nodes[inner] = Node(inner, "Arg", {}, [ref])
            arguments[argument.name] = Ref(inner, "", 0)
        self._add(function.node_def, key, arguments)
        returns = (function.ret[argument.name] for argument in function.signature.output_arg)
        return [arguments.get(tensor) or _parse(tensor, key) for tensor in returns]

    def _branch(self, node: Node) -> None:
        """Inlines both branches; an output may come from any of them."""
        returned: list[list[Ref]] = []
        for attr in ("then_branch", "else_branch"):
            name = node.attr[attr].func.name
            if name in self._functions:
                returned.append(self._call(name, (*node.key, attr), node.inputs[1:]))
        count = max((len(refs) for refs in returned), default=0)
        self._returns[node.key] = [
            self._make(
                (*node.key, f"output {index}"),
                "Merge",
                [*(refs[index] for refs in returned if index < len(refs)), node.inputs[0]],
            )
            for index in range(count)
        ]

    def _loop(self, node: Node) -> None:
        """Inlines a loop as TF1 would have written it: variables that come from outside or from the last turn."""
        body, condition = node.attr["body"].func.name, node.attr["cond"].func.name
        if body not in self._functions or condition not in self._functions:
            return
        keys = [(*node.key, f"variable {index}") for index in range(len(node.inputs))]
        variables = [self._make(key, "Merge", [ref]) for key, ref in zip(keys, node.inputs, strict=True)]
        for key, back in zip(keys, self._call(body, (*node.key, "body"), variables), strict=False):
            if self._passed_on(back) == self._passed_on(Ref(key, "", 0)):
                self.nodes[key].op = "Identity"  # It stays what it was outside.
            else:
                self.nodes[key].inputs.append(back)
        turns = self._make((*node.key, "turns"), "LoopCond", self._call(condition, (*node.key, "cond"), variables))
        # A variable's last value depends on the turn at which the loop stops.
        self._returns[node.key] = [
            self._make((*node.key, f"output {index}"), "Merge", [variable, turns])
            for index, variable in enumerate(variables)
        ]

    def _passed_on(self, ref: Ref) -> Ref:
        """The tensor behind arguments and Identity nodes."""
        while (node := self.nodes.get(ref.node)) is not None and node.op in ("Arg", "Identity"):
            ref = node.inputs[0]
        return ref

    def _make(self, key: Key, op: str, inputs: list[Ref]) -> Ref:
        self.nodes[key] = Node(key, op, {}, inputs)
        return Ref(key, "", 0)

    def _resolve(self, ref: Ref) -> Ref:
        """Sees through a call to the tensor inside that it returns."""
        for _ in range(_DEPTH):
            returns = self._returns.get(ref.node)
            if returns is None or ref.index >= len(returns):
                return ref
            ref = returns[ref.index]
        return ref


def _parse(name: str, scope: Key) -> Ref:
    """Reads `node`, `node:1` (main graph) and `node:port:1` (inside a function)."""
    parts = name.split(":")
    index = int(parts[-1]) if len(parts) > 1 and parts[-1].isdigit() else 0
    return Ref((*scope, parts[0]), parts[1] if len(parts) > 2 else "", index)
