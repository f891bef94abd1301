"""A GraphDef as a networkx DiGraph, with what each edge carries."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import networkx as nx

from migrate.errors import MigrateError
from migrate.graph.ports import RESOURCE, Port, input_ports, output_ports
from migrate.graph.tensors import Tensor, parse_tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from migrate.graph.registry import OpRegistry


class EdgeKind(StrEnum):
    """What an edge between two nodes carries."""

    DATA = "data"
    CONTROL = "control"
    REFERENCE = "reference"
    RESOURCE = "resource"


class GraphIndex:
    """Answers questions about one GraphDef.

    Attributes:
        graph_def: The message, which is not changed.
        registry: The OpDefs.
        nodes: NodeDefs by name, in the order of the message.
        functions: FunctionDefs of the library by name.
        graph: One node for each NodeDef (attribute `op`), and an edge from producer to consumer. An edge's
            `kinds` is the frozenset of `EdgeKind`s of what flows over it.

    Raises:
        MigrateError: Two nodes have one name, or an input names a node that is not there.
    """

    def __init__(self, graph_def: Any, registry: OpRegistry) -> None:
        self.graph_def = graph_def
        self.registry = registry
        self.nodes: dict[str, Any] = {node.name: node for node in graph_def.node}
        if len(self.nodes) != len(graph_def.node):
            raise MigrateError("broken graph: two of its nodes have the same name")
        self.functions: dict[str, Any] = {function.signature.name: function for function in graph_def.library.function}
        self._inputs = {name: tuple(map(parse_tensor, node.input)) for name, node in self.nodes.items()}
        self._outputs: dict[str, tuple[Port, ...] | None] = {}
        self._taken: dict[str, tuple[Port, ...] | None] = {}
        self.graph = self._build()

    def _build(self) -> nx.DiGraph[str]:
        kinds: dict[tuple[str, str], set[EdgeKind]] = defaultdict(set)
        for name, inputs in self._inputs.items():
            for tensor in inputs:
                if tensor.node not in self.nodes:
                    raise MigrateError(f"broken graph: node {name} takes {tensor}, which is not in the graph")
                kinds[tensor.node, name].add(self._kind(tensor))
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from((name, {"op": node.op}) for name, node in self.nodes.items())
        graph.add_edges_from((*edge, {"kinds": frozenset(found)}) for edge, found in kinds.items())
        return graph

    def _kind(self, tensor: Tensor) -> EdgeKind:
        if tensor.is_control:
            return EdgeKind.CONTROL
        port = self.port(tensor)
        if port is None:
            return EdgeKind.DATA
        if port.is_ref:
            return EdgeKind.REFERENCE
        return EdgeKind.RESOURCE if port.dtype == RESOURCE else EdgeKind.DATA

    def op(self, name: str) -> str:
        """The operation of a node."""
        return str(self.nodes[name].op)

    def definition(self, name: str) -> Any | None:
        """The OpDef of a node, or None where nobody knows its operation."""
        return self.registry.get(self.nodes[name].op)

    def inputs(self, name: str) -> tuple[Tensor, ...]:
        """The inputs of a node: data inputs in order, then control inputs."""
        return self._inputs[name]

    def data_inputs(self, name: str) -> tuple[Tensor, ...]:
        """The data inputs of a node, in order."""
        return tuple(tensor for tensor in self._inputs[name] if not tensor.is_control)

    def control_inputs(self, name: str) -> tuple[str, ...]:
        """The nodes after which a node runs."""
        return tuple(tensor.node for tensor in self._inputs[name] if tensor.is_control)

    def output_ports(self, name: str) -> tuple[Port, ...] | None:
        """What a node puts out, or None where its operation is not known."""
        if name not in self._outputs:
            definition = self.definition(name)
            self._outputs[name] = None if definition is None else output_ports(self.nodes[name], definition)
        return self._outputs[name]

    def input_ports(self, name: str) -> tuple[Port, ...] | None:
        """What a node takes, or None where its operation is not known."""
        if name not in self._taken:
            definition = self.definition(name)
            self._taken[name] = None if definition is None else input_ports(self.nodes[name], definition)
        return self._taken[name]

    def port(self, tensor: Tensor) -> Port | None:
        """What a tensor is, or None where it does not exist or its operation is not known."""
        ports = self.output_ports(tensor.node) if tensor.node in self.nodes else None
        return ports[tensor.port] if ports is not None and 0 <= tensor.port < len(ports) else None

    def has_tensor(self, tensor: Tensor) -> bool:
        """Whether there is such a tensor (or operation, for a control output)."""
        if tensor.node not in self.nodes:
            return False
        if tensor.is_control:
            return True
        ports = self.output_ports(tensor.node)
        return ports is None or tensor.port < len(ports)

    @cached_property
    def consumers(self) -> Mapping[Tensor, tuple[tuple[str, int], ...]]:
        """For each tensor, who takes it: pairs of a node and its input's number."""
        found: dict[Tensor, list[tuple[str, int]]] = defaultdict(list)
        for name, inputs in self._inputs.items():
            for number, tensor in enumerate(inputs):
                found[tensor].append((name, number))
        return {tensor: tuple(takers) for tensor, takers in found.items()}

    @cached_property
    def colocation(self) -> Mapping[str, tuple[str, ...]]:
        """The nodes each node asks to share a device with (its `_class` attribute)."""
        found = {}
        for name, node in self.nodes.items():
            if "_class" in node.attr:
                classes = (text.decode("utf-8", "replace") for text in node.attr["_class"].list.s)
                found[name] = tuple(text.removeprefix("loc:@") for text in classes if text.startswith("loc:@"))
        return found

    def slice_of(self, outputs: Iterable[Tensor], feeds: AbstractSet[Tensor] = frozenset()) -> frozenset[str]:
        """The nodes that run when `outputs` are fetched and `feeds` are fed, as `Session.run` chooses them.

        A fed tensor needs no producer; its producer is in the slice only if something else there needs it. A
        control edge out of a fed placeholder counts as satisfied, one out of another fed node does not
        (`FeedInputs` in tensorflow/core/graph/subgraph.cc).
        """
        found: set[str] = set()
        stack = [tensor for tensor in outputs if tensor not in feeds]
        while stack:
            tensor = stack.pop()
            if tensor.node in found:
                continue
            found.add(tensor.node)
            stack.extend(before for before in self._inputs[tensor.node] if not self.is_satisfied(before, feeds))
        return frozenset(found)

    def is_satisfied(self, tensor: Tensor, feeds: AbstractSet[Tensor]) -> bool:
        """Whether an input needs nothing to run, because it is fed."""
        if tensor.is_control:
            return Tensor(tensor.node, 0) in feeds and self.op(tensor.node) in ("Placeholder", "PlaceholderV2")
        return tensor in feeds
