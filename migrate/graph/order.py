"""Puts reads of a variable before the writes that nothing else orders them with.

In TF1 a read that waits for nothing runs as soon as the graph starts, so that a write in the same call comes
after it. Nothing in the graph says so, and TF2 is free to run them the other way round: here it is said.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from migrate.graph.frames import ENTERS, Frames
from migrate.graph.functions import CALLS
from migrate.graph.handles import READS_RESOURCE, Handles
from migrate.graph.index import GraphIndex
from migrate.graph.ports import RESOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import networkx as nx

    from migrate.graph.registry import OpRegistry


def reads_before_writes(graph_def: Any, registry: OpRegistry) -> None:
    """Adds control edges from reads to writes of the same variable, in place, where neither is after the other.

    An edge is added only where the read takes place whenever the write does: in the same frame, or outside the
    loop that the write is in, and under no predicate that the write does not depend on too.

    Args:
        graph_def: A graph with resource variables only.
        registry: The OpDefs of its operations.
    """
    if not any(_may_write(node.op, registry) for node in graph_def.node):
        return
    index = GraphIndex(graph_def, registry)
    handles = Handles(index)
    reads: dict[str, list[str]] = defaultdict(list)
    writes: dict[str, list[str]] = defaultdict(list)
    for name in index.nodes:
        if index.op(name) == "ReadVariableOp":
            for maker in handles.reads(name):
                reads[maker].append(name)
        for maker in handles.writes(name):
            if index.op(maker) == "VarHandleOp":
                writes[maker].append(name)
    if not writes:
        return
    frames = Frames(index)
    guards, frame_of = dict(frames.guards), dict(frames.of)
    gates = {write: (write, *_entries(index, write, frame_of)) for writers in writes.values() for write in writers}
    marked = {name for found in (*gates.values(), *(reads[maker] for maker in writes)) for name in found}
    known = _Precedence(index.graph, frames.order, marked)
    for maker, writers in writes.items():
        for write in writers:
            # What happens in a loop happens after what its handle's way into the loop waits for.
            for gate in gates[write]:
                outside = frame_of[gate] if gate == write else frame_of[gate][:-1]
                for read in reads[maker]:
                    if known.is_before(gate, read) or known.is_before(read, gate) or read == gate:
                        continue
                    if frame_of[read] == outside and guards[read] <= guards[gate]:
                        known.add(read, gate)
                        index.nodes[gate].input.append(f"^{read}")


class _Precedence:
    """Which of some marked nodes come before a node, kept up to date while edges are added.

    A set of nodes is an integer with a bit for each: there may be thousands of reads and of writes.
    """

    def __init__(self, graph: nx.DiGraph[str], order: Iterable[str], marked: Iterable[str]) -> None:
        self._after = {name: list(graph.successors(name)) for name in graph}
        self._bits = {name: 1 << number for number, name in enumerate(sorted(marked))}
        self._before = dict.fromkeys(graph, 0)
        self._spread(order)

    def is_before(self, first: str, second: str) -> bool:
        """Whether there is a way from one marked node to another."""
        return bool(self._before[second] & self._bits[first])

    def add(self, first: str, second: str) -> None:
        """Adds an edge."""
        self._after[first].append(second)
        self._spread((first,))

    def _spread(self, names: Iterable[str]) -> None:
        queue = deque(names)
        waiting = set(queue)
        while queue:
            name = queue.popleft()
            waiting.discard(name)
            found = self._before[name] | self._bits.get(name, 0)
            for after in self._after[name]:
                if found & ~self._before[after]:
                    self._before[after] |= found
                    if after not in waiting:
                        waiting.add(after)
                        queue.append(after)


def _entries(index: GraphIndex, write: str, frame_of: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The Enters by which a write's handles come into the loops that it is in."""
    found, seen = [], {write}
    stack = [write] if frame_of[write] else []
    while stack:
        for tensor in index.data_inputs(stack.pop()):
            port = index.port(tensor)
            if tensor.node in seen or port is None or port.dtype != RESOURCE:
                continue
            seen.add(tensor.node)
            stack.append(tensor.node)
            if index.op(tensor.node) in ENTERS:
                found.append(tensor.node)
    return found


def _may_write(op: str, registry: OpRegistry) -> bool:
    """Whether it is worth a closer look: operations with a handle and an effect, and calls of functions."""
    if op in READS_RESOURCE or op == "VarHandleOp":
        return False
    definition = registry.get(op)
    takes_handle = definition is None or any(argument.type == RESOURCE for argument in definition.input_arg)
    return takes_handle or registry.is_function(op) or op in CALLS
