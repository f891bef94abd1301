"""v1 control flow: which frame each node runs in, and which nodes run only if a predicate says so.

Source: tensorflow/core/ops/control_flow_ops.cc. Enter opens a frame named by its
`frame_name`, Exit leaves it, Switch sends its input to one of two outputs, Merge takes whichever arrives.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx

from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.graph.index import GraphIndex

ENTERS = frozenset({"Enter", "RefEnter"})
EXITS = frozenset({"Exit", "RefExit"})
SWITCHES = frozenset({"Switch", "RefSwitch", "_SwitchN"})
MERGES = frozenset({"Merge", "RefMerge"})
NEXT_ITERATIONS = frozenset({"NextIteration", "RefNextIteration"})
CONTROL_FLOW = ENTERS | EXITS | SWITCHES | MERGES | NEXT_ITERATIONS | {"LoopCond"}


class Guard(NamedTuple):
    """An outcome of a Switch's predicate: the port its input has to come out of."""

    predicate: Tensor
    port: int


class Frames:
    """The frames of a graph.

    Args:
        index: The graph.
    """

    def __init__(self, index: GraphIndex) -> None:
        self._index = index

    @cached_property
    def of(self) -> Mapping[str, tuple[str, ...]]:
        """For each node, the names of the frames it runs in, outermost first; empty at the top.

        An Enter counts to the frame that it opens, an Exit to the one that it leaves.
        """
        frames: dict[str, tuple[str, ...]] = {}
        for name in self.order:
            op = self._index.op(name)
            before = [self._leaving(tensor.node, frames) for tensor in self._index.inputs(name)]
            # Of the frames its inputs are in, the deepest: constants may come from outside.
            frame = max(before, key=len, default=())
            if op in ENTERS:
                frame = (*frame, self._index.nodes[name].attr["frame_name"].s.decode("utf-8", "replace"))
            frames[name] = frame
        return frames

    def _leaving(self, name: str, frames: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        frame = frames.get(name, ())
        return frame[:-1] if self._index.op(name) in EXITS else frame

    @cached_property
    def order(self) -> list[str]:
        """Producers before consumers; the edges that go back in a loop do not count."""
        graph = self._index.graph
        back = [(a, b) for a, b in graph.edges if self._index.op(a) in NEXT_ITERATIONS and self._index.op(b) in MERGES]
        forward = graph.copy() if back else graph
        forward.remove_edges_from(back)
        try:
            return list(nx.topological_sort(forward))
        except nx.NetworkXUnfeasible:
            return list(graph)  # A broken graph: whatever the order, what is asked of it is refused elsewhere.

    @cached_property
    def guards(self) -> Mapping[str, frozenset[Guard]]:
        """For each node, the outcomes of predicates without which it is skipped; empty if it always runs.

        A Merge runs as soon as one of its inputs arrives: it needs what all of them need. The test of a loop's
        own Switches does not count: what matters there is the frame.
        """
        found: dict[str, frozenset[Guard]] = {}
        shared: dict[frozenset[Guard], frozenset[Guard]] = {}
        for name in self.order:
            sets = [self._guards_of_input(tensor, found) for tensor in self._index.inputs(name)]
            if self._index.op(name) in MERGES and sets:
                known = [
                    guards
                    for guards, tensor in zip(sets, self._index.inputs(name), strict=True)
                    if tensor.node in found or self._index.op(tensor.node) not in NEXT_ITERATIONS
                ]
                guards = frozenset.intersection(*known)
            else:
                guards = frozenset().union(*sets)
            found[name] = shared.setdefault(guards, guards)
        return found

    def _guards_of_input(self, tensor: Tensor, found: Mapping[str, frozenset[Guard]]) -> frozenset[Guard]:
        guards = found.get(tensor.node, frozenset())
        inputs = self._index.data_inputs(tensor.node)
        if tensor.is_control or self._index.op(tensor.node) not in SWITCHES or len(inputs) < 2:
            return guards
        predicate = inputs[1]
        if self._index.op(predicate.node) == "LoopCond":
            return guards
        return guards | {Guard(predicate, tensor.port)}

    def loop_switches(self) -> frozenset[str]:
        """The Switches that belong to a loop: their predicate is a LoopCond."""
        return frozenset(
            name
            for name in self._index.nodes
            if self._index.op(name) in SWITCHES
            and len(self._index.data_inputs(name)) > 1
            and self._index.op(self._index.data_inputs(name)[1].node) == "LoopCond"
        )
