"""What a tensor of the top-level graph is computed from, for a client that feeds certain tensors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import networkx as nx

from migrate.graph.tensors import Tensor, parse_tensor

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from migrate.graph.legacy_names.body_influence import Bodies

PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2"})
"""Operations that fail unless they are fed."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a walk against the edges came to.

    Attributes:
        fed: Those of the fed tensors that it needs.
        missing: The tensors of placeholders that it needs too, and that are not fed.
        nodes: The nodes that run.
    """

    fed: frozenset[Tensor]
    missing: frozenset[Tensor]
    nodes: frozenset[str]


@dataclass(slots=True)
class Graph:
    """The new model's graph as it will be.

    Attributes:
        nodes: NodeDefs by name.
        bodies: The function library.
        same: Placeholders that become one: each tensor that goes, and the one that stays.
        links: Placeholders that get a default value: the tensor, and what it takes where it is not fed.
    """

    nodes: dict[str, Any]
    bodies: Bodies
    same: dict[Tensor, Tensor] = field(default_factory=dict)
    links: dict[Tensor, Tensor] = field(default_factory=dict)
    _read: dict[str, list[Tensor]] = field(default_factory=dict)

    def canonical(self, tensor: Tensor) -> Tensor:
        """The tensor, or the one it becomes."""
        return self.same.get(tensor, tensor)

    def needs(self, tensor: Tensor, fed: AbstractSet[Tensor]) -> Reached:
        """What must be there to compute a tensor: a call runs only when all its inputs are there."""
        return self._walk(tensor, fed, exact=False)

    def influences(self, tensor: Tensor, fed: AbstractSet[Tensor]) -> Reached:
        """What may change a tensor's value; bodies of functions are looked into."""
        return self._walk(tensor, fed, exact=True)

    def depends_on(self, tensor: Tensor, other: Tensor) -> bool:
        """Whether a tensor cannot be computed without another one's node, with the links there are."""
        edges: nx.DiGraph[str] = nx.DiGraph()
        edges.add_nodes_from((tensor.node, other.node))
        for name, node in self.nodes.items():
            edges.add_edges_from((self.canonical(parse_tensor(text)).node, name) for text in node.input)
        edges.add_edges_from((source.node, target.node) for target, source in self.links.items())
        return bool(nx.has_path(edges, other.node, tensor.node))

    def _walk(self, tensor: Tensor, fed: AbstractSet[Tensor], *, exact: bool) -> Reached:
        used: set[Tensor] = set()
        missing: set[Tensor] = set()
        ran: set[str] = set()
        stack = [self.canonical(tensor)]
        seen = set(stack)
        while stack:
            here = stack.pop()
            node = self.nodes.get(here.node)
            if here in fed or (here.is_control and here._replace(port=0) in fed):
                used.add(here._replace(port=max(here.port, 0)))
                continue
            ran.add(here.node)
            if here in self.links:
                inputs = [self.links[here]]
            elif node is None:
                continue
            elif node.op in PLACEHOLDERS:
                missing.add(here._replace(port=max(here.port, 0)))
                continue
            else:
                inputs = self._behind(node, here.port) if exact else self._inputs(node)
            stack.extend(source for source in inputs if source not in seen)
            seen.update(inputs)
        return Reached(frozenset(used), frozenset(missing), frozenset(ran))

    def _inputs(self, node: Any) -> list[Tensor]:
        """What a node reads and waits for. Walks come by many times."""
        if node.name not in self._read:
            self._read[node.name] = [self.canonical(parse_tensor(text)) for text in node.input]
        return self._read[node.name]

    def _behind(self, node: Any, port: int) -> list[Tensor]:
        return [self.canonical(parse_tensor(text)) for text in self.bodies.inputs_behind(node, port)]
