"""What flows through a subject: the operations worth drawing, and the tensors between them.

Hidden are constants, operations that hand a value on, whatever is computed from shapes and constants alone, and
what runs for its order only. A tensor that goes through hidden operations comes from where it was made.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import networkx as nx

from migrate.graph.frames import NEXT_ITERATIONS
from migrate.graph.tensors import Tensor
from migrate.report.picture.static import static_nodes, weight_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.view import MetaGraphView
    from migrate.report.picture.subject import Subject

_PASSES = frozenset({"Identity", "ReadVariableOp", "StopGradient", "PreventGradient", "Snapshot", "CheckNumerics"})
_NEVER = frozenset({"NoOp", "Assert", "ControlTrigger", "Const"})


@dataclass(frozen=True, slots=True)
class Flow:
    """The visible part of a subject.

    Attributes:
        view: The graph.
        subject: What is drawn.
        graph: The visible nodes, and edges with the frozenset of tensors (attribute `tensors`) that flow there; an
            edge without tensors is one of order.
        order: The position of each visible node, producers before consumers.
        uses: For each node that keeps a value (variable, table, constant weight), the visible nodes that take it.
        feeds: For each input's number, the visible nodes that take it.
        fetches: For each output's number, the visible nodes that make it, with the tensors.
        through: Pairs of input and output numbers, where an output is an input.
        holds: For outputs that are a variable as it is: the output's number and the variable's node.
    """

    view: MetaGraphView
    subject: Subject
    graph: nx.DiGraph[str]
    order: dict[str, int]
    uses: dict[str, tuple[str, ...]]
    feeds: dict[int, tuple[str, ...]]
    fetches: dict[int, tuple[Tensor, ...]]
    through: tuple[tuple[int, int], ...]
    holds: tuple[tuple[int, str], ...]


def flow_of(view: MetaGraphView, subject: Subject) -> Flow:
    """Finds what is worth drawing."""
    return _Finder(view, subject).find()


@dataclass(slots=True)
class _Finder:
    view: MetaGraphView
    subject: Subject
    origins: dict[Tensor, Tensor] = field(default_factory=dict)
    uses: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    changing: set[str] = field(default_factory=set)

    def find(self) -> Flow:
        index, subject = self.view.index, self.subject
        nodes = [name for name in index.nodes if name in subject.nodes]
        fed = {tensor: number for number, end in enumerate(subject.inputs) for tensor in end.tensors}
        order = self._order(nodes)
        static = static_nodes(index, order, {tensor.node for tensor in fed})
        fetched = [(number, tensor) for number, end in enumerate(subject.outputs) for tensor in end.tensors]
        self.changing = {name for name in nodes if self._changes(name)}
        kept = self._kept(fed, fetched)
        feeds: dict[int, dict[str, None]] = defaultdict(dict)
        fetches: dict[int, dict[Tensor, None]] = defaultdict(dict)
        through: dict[tuple[int, int], None] = {}
        holds: dict[tuple[int, str], None] = {}
        forced = set()
        for number, tensor in fetched:
            origin = self._origin(tensor, fed)
            if origin in fed:
                through[fed[origin], number] = None
            elif self._keeps_value(origin.node):
                holds[number, origin.node] = None
            elif origin.node in subject.nodes:
                fetches[number][origin] = None
                forced.add(origin.node)
        visible = {
            name
            for name in nodes
            if (name in forced or (name in kept and name not in static and not self._hides(name)))
            and not self._is_fed(name, fed)
            and not self._keeps_value(name)
        }
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(name for name in order if name in visible)
        edges: dict[tuple[str, str], set[Tensor]] = defaultdict(set)
        for name in graph:
            for tensor in index.data_inputs(name):
                origin = self._origin(tensor, fed)
                if origin in fed:
                    feeds[fed[origin]][name] = None
                elif origin.node in visible:
                    edges[origin.node, name].add(origin)
                elif self._keeps_value(origin.node) or weight_of(index, origin) is not None:
                    self.uses[origin.node][name] = None
            for before in index.control_inputs(name):
                if before in visible and before in self.changing:
                    edges.setdefault((before, name), set())
        graph.add_edges_from((*edge, {"tensors": frozenset(tensors)}) for edge, tensors in edges.items())
        for number, end in enumerate(subject.inputs):
            if not feeds[number] and not any(number == start for start, _ in through):
                feeds[number] = dict.fromkeys(self._behind(end.tensors, visible))
        return Flow(
            view=self.view,
            subject=subject,
            graph=graph,
            order={name: position for position, name in enumerate(order) if name in visible},
            uses={name: tuple(users) for name, users in self.uses.items()},
            feeds={number: tuple(users) for number, users in feeds.items()},
            fetches={number: tuple(tensors) for number, tensors in fetches.items()},
            through=tuple(through),
            holds=tuple(holds),
        )

    def _order(self, nodes: list[str]) -> list[str]:
        index = self.view.index
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(nodes)
        inside = self.subject.nodes
        for name in nodes:
            for tensor in index.inputs(name):
                if tensor.node in inside and index.op(tensor.node) not in NEXT_ITERATIONS:
                    graph.add_edge(tensor.node, name)
        try:
            return list(nx.topological_sort(graph))
        except nx.NetworkXUnfeasible:
            return nodes

    def _kept(self, fed: dict[Tensor, int], fetched: list[tuple[int, Tensor]]) -> set[str]:
        """What the outputs are computed from, and what changes something on the way there."""
        index, inside = self.view.index, self.subject.nodes
        stack = [tensor.node for _, tensor in fetched if tensor not in fed]
        stack += self.changing
        if not fetched:
            stack = list(inside)
        kept: set[str] = set()
        while stack:
            name = stack.pop()
            if name in kept or name not in inside:
                continue
            kept.add(name)
            stack += [tensor.node for tensor in index.data_inputs(name) if tensor not in fed]
        kept |= {hazard.node for hazard in self.subject.hazards}
        return kept

    def _changes(self, name: str) -> bool:
        """Whether a node is there for what it does: no value of it may be used."""
        index = self.view.index
        if index.op(name) in _NEVER or self._keeps_value(name):
            return False
        return bool(self.view.state.handles.writes(name)) or index.output_ports(name) == ()

    def _is_fed(self, name: str, fed: dict[Tensor, int]) -> bool:
        return Tensor(name, 0) in fed and len(self.view.index.output_ports(name) or ()) == 1

    def _keeps_value(self, name: str) -> bool:
        return name in self.view.state.by_node or name in self.view.state.tables

    def _hides(self, name: str) -> bool:
        op = self.view.index.op(name)
        marked = any(hazard.node == name for hazard in self.subject.hazards)
        return (op in _PASSES or op in _NEVER) and not marked

    def _origin(self, tensor: Tensor, fed: dict[Tensor, int]) -> Tensor:
        """Where a tensor was made: hidden operations hand it on."""
        index, trail = self.view.index, []
        while tensor not in self.origins:
            trail.append(tensor)
            if tensor in fed or tensor.is_control:
                break
            op, inputs = index.op(tensor.node), index.data_inputs(tensor.node)
            if op == "IdentityN" and tensor.port < len(inputs):
                tensor = inputs[tensor.port]
            elif op in _PASSES and inputs:
                tensor = inputs[0]
            else:
                break
        made = self.origins.get(tensor, tensor)
        self.origins.update(dict.fromkeys(trail, made))
        return made

    def _behind(self, tensors: Iterable[Tensor], visible: set[str]) -> list[str]:
        """The first visible nodes behind an input of which only, say, the shape is used."""
        found: dict[str, None] = {}
        seen: set[str] = set()
        consumers = self.view.index.consumers
        stack = [user for tensor in tensors for user, _ in consumers.get(tensor, ())]
        while stack:
            name = stack.pop()
            if name in seen or name not in self.subject.nodes:
                continue
            seen.add(name)
            if name in visible:
                found[name] = None
                continue
            for port in range(len(self.view.index.output_ports(name) or ())):
                stack += [user for user, _ in consumers.get(Tensor(name, port), ())]
        return list(found)
