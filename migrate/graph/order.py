"""Puts reads of a variable before the writes that nothing else orders them with.

In TF1 a read that waits for nothing runs as soon as the graph starts, so that a write in the same call comes
after it. Nothing in the graph says so, and TF2 is free to run them the other way round: here it is said.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import networkx as nx

from migrate.graph.frames import Frames
from migrate.graph.functions import CALLS
from migrate.graph.handles import READS_RESOURCE, Handles
from migrate.graph.index import GraphIndex
from migrate.graph.ports import RESOURCE

if TYPE_CHECKING:
    from migrate.graph.registry import OpRegistry


def reads_before_writes(graph_def: Any, registry: OpRegistry) -> None:
    """Adds control edges from reads to writes of the same variable, in place, where neither is after the other.

    An edge is added only where the read takes place whenever the write does: in the same frame, and under no
    predicate that the write does not depend on too.

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
            after = nx.descendants(graph, write)
            before = nx.ancestors(graph, write)
            for read in reads[maker]:
                if read in after or read in before:
                    continue
                if frame_of[read] == frame_of[write] and guards[read] <= guards[write]:
                    graph.add_edge(read, write)
                    index.nodes[write].input.append(f"^{read}")


def _may_write(op: str, registry: OpRegistry) -> bool:
    """Whether it is worth a closer look: operations with a handle and an effect, and calls of functions."""
    if op in READS_RESOURCE or op == "VarHandleOp":
        return False
    definition = registry.get(op)
    takes_handle = definition is None or any(argument.type == RESOURCE for argument in definition.input_arg)
    return takes_handle or registry.is_function(op) or op in CALLS
