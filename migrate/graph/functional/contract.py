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


def check_acyclic(net: Net, live: Liveness, members: AbstractSet[str], inputs: Iterable[Tensor]) -> None:
    """Makes sure that one node in the place of `members` would not wait for itself.

    A functional operation starts when all its inputs are there, and gives all its outputs at its end; the nodes it
    replaces did so one by one.

    Raises:
        NotRaised: One of the inputs hangs on what the members put out.
    """
    targets = {tensor.node for tensor in inputs}
    last = last_of(live, targets)
    seen = set(members)
    stack = [taker for name in members for taker in _takers(net, name) if taker not in members]
    while stack:
        name = stack.pop()
        # Beyond the last of the inputs, nothing leads to one.
        if name in seen or live.order[name] > last:
            continue
        if name in targets:
            raise NotRaised(f"{name} needs some of its results and gives it others")
        seen.add(name)
        stack.extend(_takers(net, name))


def last_of(live: Liveness, names: Iterable[str]) -> int:
    """The place in the order of the last of some nodes."""
    return max((live.order[name] for name in names), default=0)


def move_behind(net: Net, live: Liveness, names: Iterable[str], number: int) -> None:
    """Puts nodes, and those that take from them, in the order where all they take from comes before."""
    stack = list(names)
    while stack:
        name = stack.pop()
        if live.order[name] < number:
            live.order[name] = number
            stack.extend(_takers(net, name))


def _takers(net: Net, name: str) -> list[str]:
    return [taker for taker in net.takers(name) if not is_back_edge(net, name, taker)]


def place(live: Liveness, name: str, frame: Frame, guards: Guards, order: int) -> None:
    """Notes where a new node runs."""
    live.frames[name] = frame
    live.guards[name] = guards
    live.order[name] = order


def forget(net: Net, live: Liveness, names: Iterable[str]) -> None:
    """Removes nodes that take from one another at most."""
    gone = list(names)
    for name in gone:
        net.set_inputs(name, ())
    for name in gone:
        net.remove(name)
        live.frames.pop(name, None)
        live.guards.pop(name, None)
        live.order.pop(name, None)
        live.diamonds.pop(name, None)
