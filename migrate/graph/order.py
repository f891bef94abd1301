"""Puts reads of a variable before the writes that nothing else orders them with.

In TF1 a read that waits for nothing runs as soon as the graph starts, so that a write in the same call comes
after it. Nothing in the graph says so, and TF2 is free to run them the other way round: here it is said.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import networkx as nx

from migrate.graph.frames import ENTERS, Frames
from migrate.graph.functions import CALLS
from migrate.graph.handles import READS_RESOURCE, Handles
from migrate.graph.index import GraphIndex
from migrate.graph.ports import RESOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    graph = index.graph
    for maker, writers in writes.items():
        for write in writers:
            # What happens in a loop happens after what its handle's way into the loop waits for.
            gates = {frame_of[gate]: gate for gate in (write, *_entries(index, write, frame_of))}
            for gate in gates.values():
                outside = frame_of[gate][:-1] if gate != write else frame_of[gate]
                after, before = nx.descendants(graph, gate), nx.ancestors(graph, gate)
                for read in reads[maker]:
                    if read in after or read in before or read == gate:
                        continue
                    if frame_of[read] == outside and guards[read] <= guards[gate]:
                        graph.add_edge(read, gate)
                        index.nodes[gate].input.append(f"^{read}")


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
