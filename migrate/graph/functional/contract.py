"""Putting one node in the place of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.graph.functional.liveness import is_back_edge
from migrate.graph.functional.results import NotRaised

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from migrate.graph.functional.liveness import Frame, Guards, Liveness
    from migrate.graph.functional.net import Net
    from migrate.graph.tensors import Tensor


def check_acyclic(net: Net, members: AbstractSet[str], inputs: Iterable[Tensor]) -> None:
    """Makes sure that one node in the place of `members` would not wait for itself.

    A functional operation starts when all its inputs are there, and gives all its outputs at its end; the nodes it
    replaces did so one by one.

    Raises:
        NotRaised: One of the inputs hangs on what the members put out.
    """
    # From both ends in turn: the search is over as soon as either side has no more nodes, and often one is small.
    after = set(members)
    before = {tensor.node for tensor in inputs}
    down = [taker for name in members for taker in _takers(net, name) if taker not in members]
    up = list(before)
    while down and up:
        name = down.pop()
        if name in before:
            raise NotRaised(f"{name} needs some of its results and gives it others")
        if name not in after:
            after.add(name)
            down.extend(_takers(net, name))
        name = up.pop()
        for tensor in net.inputs(name):
            giver = tensor.node
            if giver in before or is_back_edge(net, giver, name):
                continue
            if giver in after:
                raise NotRaised(f"{giver} needs some of its results and gives it others")
            before.add(giver)
            up.append(giver)


def _takers(net: Net, name: str) -> list[str]:
    return [taker for taker in net.takers(name) if not is_back_edge(net, name, taker)]


def place(live: Liveness, name: str, frame: Frame, guards: Guards) -> None:
    """Notes where a new node runs."""
    live.frames[name] = frame
    live.guards[name] = guards


def forget(net: Net, live: Liveness, names: Iterable[str]) -> None:
    """Removes nodes that take from one another at most."""
    gone = list(names)
    for name in gone:
        net.set_inputs(name, ())
    for name in gone:
        net.remove(name)
        live.frames.pop(name, None)
        live.guards.pop(name, None)
        live.diamonds.pop(name, None)
