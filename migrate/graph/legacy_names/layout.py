"""From decisions about single names to what is to be done to the graph's nodes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from migrate.graph.legacy_names.feeds import Feed
    from migrate.graph.legacy_names.fetches import FetchPlan


class Source(NamedTuple):
    """What an output of a new node hands on.

    Attributes:
        tensor: One of the graph as it was; None where there is nothing and clients must feed the output.
        dtype: Its DataType number.
    """

    tensor: Tensor | None
    dtype: int


@dataclass(slots=True)
class Layout:
    """What is to be done.

    Attributes:
        nodes: Nodes that get another name; those that go have the name of the node they become one with.
        names: Tensors for which signatures and collections name another one from now on.
        inputs: Tensors instead of which nodes read another one from now on.
        gone: Nodes that go.
        made: New nodes: name, and by port (-1 for a node that is only run) what they hand on.
        readers: Placeholders that read an output of a new node where they are not fed: name, and the output.
        widened: Feeds whose placeholder takes the place of several.
        room: Nodes that made room for a name: old and new.
    """

    nodes: dict[str, str] = field(default_factory=dict)
    names: dict[Tensor, Tensor] = field(default_factory=dict)
    inputs: dict[Tensor, Tensor] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    made: dict[str, dict[int, Source]] = field(default_factory=dict)
    readers: dict[str, Tensor] = field(default_factory=dict)
    widened: list[Feed] = field(default_factory=list)
    room: list[tuple[str, str]] = field(default_factory=list)


def layout_of(
    feeds: Mapping[Tensor, Feed], plan: FetchPlan, unwanted: Collection[str], names: Collection[str]
) -> Layout:
    """Puts the decisions together.

    Args:
        feeds: The inputs that get names, by legacy tensor.
        plan: The outputs that get names.
        unwanted: Names that could not be put back: what has them now is something else and must not.
        names: The names of the graph's nodes.
    """
    layout = Layout()
    wanted: dict[str, set[Tensor]] = defaultdict(set)
    for legacy in (*feeds, *plan.providers):
        wanted[legacy.node].add(legacy)
    kept = {node for node, legacies in wanted.items() if not _plan_node(node, legacies, feeds, plan, layout)}
    _make_room(layout, [*wanted, *unwanted], kept, names)
    return layout


def _plan_node(node: str, legacies: set[Tensor], feeds: Mapping[Tensor, Feed], plan: FetchPlan, layout: Layout) -> bool:
    """Plans for all outputs of one TF1 operation; whether its name must be free for that."""
    fed = {legacy.port: feeds[legacy] for legacy in legacies if legacy in feeds}
    for feed in fed.values():
        for tensor in feed.merged:
            layout.gone.add(tensor.node)
            layout.nodes[tensor.node] = node
            layout.names[tensor] = feed.legacy
            layout.inputs[tensor] = feed.tensor
        if feed.merged:
            layout.widened.append(feed)
    if all(_is_right(legacy, feeds, plan) for legacy in legacies):
        return False
    if set(fed) == {0} and legacies == {fed[0].legacy} and fed[0].legacy not in plan.links:
        # A placeholder simply gets the name.
        layout.nodes[fed[0].tensor.node] = node
        return True
    sources = {}
    for legacy in legacies:
        own = feeds.get(legacy)
        if own is not None:
            # Its readers keep reading the placeholder, which is fed through the new node: a feed of another port
            # than the first, or of what is no placeholder, does not reach functions once they are inlined.
            layout.names[own.tensor] = legacy
            layout.readers[own.tensor.node] = legacy
        if legacy in plan.providers:
            sources[legacy.port] = Source(_given(plan, legacy), plan.providers[legacy].dtype)
        elif own is not None:
            sources[legacy.port] = Source(None, own.dtype)
    layout.made[node] = sources
    return True


def _given(plan: FetchPlan, legacy: Tensor) -> Tensor:
    tensor = plan.providers[legacy].new
    assert tensor is not None  # Only such can be chosen.
    return tensor


def _is_right(legacy: Tensor, feeds: Mapping[Tensor, Feed], plan: FetchPlan) -> bool:
    feed, provider = feeds.get(legacy), plan.providers.get(legacy)
    return (feed is None or feed.is_right) and (provider is None or provider.new == legacy) and legacy not in plan.links


def _make_room(layout: Layout, wanted: list[str], kept: set[str], names: Collection[str]) -> None:
    """Gives other names to nodes that have a wanted one."""
    taken = {*names, *wanted}
    for name in dict.fromkeys(wanted):
        if name in names and name not in kept and name not in layout.nodes:
            number = 1
            while f"{name}_{number}" in taken:
                number += 1
            layout.nodes[name] = f"{name}_{number}"
            taken.add(layout.nodes[name])
            layout.room.append((name, layout.nodes[name]))
