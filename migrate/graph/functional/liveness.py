"""Which frame each node runs in, and under which outcomes of predicates it runs at all.

A v1 executor passes "dead" tensors along: a node with a dead input, data or control, does not run and its
outputs are dead; only Merge runs as soon as one input is alive, and does not mind dead control inputs
(`ExecutorState::PropagateOutputs` in tensorflow/core/common_runtime/executor.cc). So a node runs exactly where
all the outcomes that it hangs on have come about: its guards.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from migrate.graph.frames import ENTERS, EXITS, MERGES, NEXT_ITERATIONS, SWITCHES
from migrate.graph.functional.results import NotRaised
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from migrate.graph.functional.net import Net

Frame = tuple[str, ...]


class Guard(NamedTuple):
    """An outcome: the port by which a Switch on this predicate lets its input out.

    A port of -1 stands for "the Merge of this name had an input that was alive".
    """

    predicate: Tensor
    port: int


Guards = frozenset[Guard]


class Diamond(NamedTuple):
    """What a Merge closes: a predicate, and the guards outside of both its branches.

    `branches` holds for each data input of the Merge the outcome under which it comes.
    """

    outer: Guards
    predicate: Tensor
    branches: tuple[int, int]

    def inner(self, branch: int) -> Guards:
        """The guards of the nodes in a branch."""
        return self.outer | {Guard(self.predicate, branch)}


@dataclass
class Liveness:
    """Frames and guards of every node of a graph.

    Attributes:
        frames: For each node the names of the frames it runs in, outermost first. An Enter counts to the frame
            it opens, an Exit to the one it leads to.
        guards: For each node its guards. A Switch itself runs without those it gives.
        diamonds: For each Merge that closes a conditional, what it closes.
        order: For each node a number that is not smaller than that of any node it takes from, edges to the next
            iteration aside.
        broken: Frames that mix with others in a way that no executor runs, with the reason.
    """

    frames: dict[str, Frame] = field(default_factory=dict)
    guards: dict[str, Guards] = field(default_factory=dict)
    diamonds: dict[str, Diamond] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    broken: dict[Frame, str] = field(default_factory=dict)

    def of_tensor(self, net: Net, tensor: Tensor) -> Guards:
        """The guards under which a tensor is alive."""
        guards = self.guards[tensor.node]
        if tensor.port >= 0 and net.op(tensor.node) in SWITCHES:
            return guards | {Guard(canonical(net, net.data_inputs(tensor.node)[1]), tensor.port)}
        return guards


def canonical(net: Net, tensor: Tensor) -> Tensor:
    """A predicate under one name: `cond/pred_id` is an Identity of what `cond/Switch` takes itself."""
    while tensor.port >= 0 and net.op(tensor.node) == "Identity":
        tensor = net.data_inputs(tensor.node)[0]
    return tensor


def find_liveness(net: Net) -> Liveness:
    """Finds frames and guards.

    Raises:
        NotRaised: The graph has a cycle that is no loop.
    """
    live = Liveness()
    shared: dict[Guards, Guards] = {}
    for number, name in enumerate(topological(net)):
        live.order[name] = number
        live.frames[name] = _frame(net, live, name)
        guards = _guards(net, live, name)
        live.guards[name] = shared.setdefault(guards, guards)
    return live


def is_back_edge(net: Net, producer: str, consumer: str) -> bool:
    """Whether an edge leads from one iteration of a loop to the next."""
    return net.op(producer) in NEXT_ITERATIONS and net.op(consumer) in MERGES


def topological(net: Net) -> list[str]:
    """Producers before consumers; edges to the next iteration do not count.

    Raises:
        NotRaised: The graph has a cycle that is no loop.
    """
    missing = {
        name: len({tensor.node for tensor in net.inputs(name) if not is_back_edge(net, tensor.node, name)})
        for name in net
    }
    ready = deque(name for name, count in missing.items() if count == 0)
    order = []
    while ready:
        name = ready.popleft()
        order.append(name)
        for taker in net.takers(name):
            if not is_back_edge(net, name, taker):
                missing[taker] -= 1
                if missing[taker] == 0:
                    ready.append(taker)
    if len(order) != len(missing):
        raise NotRaised("the graph has a cycle that is no loop")
    return order


def _frame(net: Net, live: Liveness, name: str) -> Frame:
    found = {live.frames[tensor.node] for tensor in net.inputs(name) if tensor.node in live.frames}
    deepest = max(found, key=len, default=())
    if len(found) > 1:
        for frame in found:
            for depth in range(1, len(frame) + 1):
                live.broken[frame[:depth]] = f"{name} takes inputs from several frames"
    op = net.op(name)
    if op in ENTERS:
        return (*deepest, net.nodes[name].attr["frame_name"].s.decode("utf-8", "replace"))
    if op in EXITS:
        return deepest[:-1]
    return deepest


def _guards(net: Net, live: Liveness, name: str) -> Guards:
    op = net.op(name)
    if op in MERGES:
        return _guards_of_merge(net, live, name)
    guards: Guards = frozenset().union(*(live.of_tensor(net, tensor) for tensor in net.inputs(name)))
    if op in EXITS:
        # What the test of the loop has decided does not matter outside of it.
        depth = len(live.frames[name])
        return frozenset(
            guard
            for guard in guards
            if net.op(guard.predicate.node) != "LoopCond" or len(live.frames[guard.predicate.node]) <= depth
        )
    return guards


def _guards_of_merge(net: Net, live: Liveness, name: str) -> Guards:
    inputs = net.data_inputs(name)
    forward = [tensor for tensor in inputs if net.op(tensor.node) not in NEXT_ITERATIONS]
    found = [live.of_tensor(net, tensor) for tensor in forward]
    if len(found) == 1:
        return found[0]
    if not found:
        return frozenset({Guard(Tensor(name, 0), -1)})
    if len(inputs) == len(found) == 2:
        outer = found[0] & found[1]
        first, second = found[0] - outer, found[1] - outer
        if len(first) == len(second) == 1:
            (one,), (other,) = first, second
            if one.predicate == other.predicate and {one.port, other.port} == {0, 1}:
                live.diamonds[name] = Diamond(outer, one.predicate, (one.port, other.port))
                return outer
    return frozenset.intersection(*found) | {Guard(Tensor(name, 0), -1)}
