"""Which placeholder of the new graph gets which legacy name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.graph.legacy_names.results import Role
from migrate.graph.legacy_names.walk import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.graph.legacy_names.matching import Match
    from migrate.graph.tensors import Tensor
    from migrate.signatures.model import Shape

_RENAMED = PLACEHOLDERS | {"PlaceholderWithDefault"}


@dataclass(slots=True)
class Feed:
    """One legacy tensor that clients feed.

    Attributes:
        legacy: Its name.
        tensor: What gets the name.
        dtype: Its DataType number.
        merged: Placeholders of other signatures that were the same tensor in TF1, and become it again.
        shapes: The signatures that are fed by it, and the shape that each of them says it has.
    """

    legacy: Tensor
    tensor: Tensor
    dtype: int
    merged: list[Tensor]
    shapes: dict[str, Shape]

    @property
    def is_right(self) -> bool:
        """Whether the tensor has the name already."""
        return self.tensor == self.legacy


def plan_feeds(matches: Iterable[Match], nodes: Mapping[str, Any]) -> tuple[dict[Tensor, Feed], dict[Match, str]]:
    """Decides about the inputs of all signatures.

    Args:
        matches: Those without a reason against them; others than inputs are passed over.
        nodes: The graph's nodes by name.

    Returns:
        The feeds by legacy tensor, and the inputs that cannot have their name, each with the reason.
    """
    feeds: dict[Tensor, Feed] = {}
    refused: dict[Match, str] = {}
    owner: dict[Tensor, Tensor] = {}
    # Those that have their names already come first: what else there is can only join them.
    inputs = [match for match in matches if match.role is Role.FEED and match.new and match.legacy]
    for match in sorted(inputs, key=lambda match: match.new != match.legacy):
        assert match.new is not None and match.legacy is not None  # As chosen above.
        reason = _refusal(match.new, match.legacy, owner, nodes)
        feed = feeds.get(match.legacy)
        if not reason and feed is None:
            feeds[match.legacy] = Feed(match.legacy, match.new, match.dtype, [], {})
        elif not reason and feed is not None and match.new not in (feed.tensor, *feed.merged):
            reason = _merge(match, feed, nodes)
        if reason:
            refused[match] = reason
            continue
        owner[match.new] = match.legacy
        feeds[match.legacy].shapes[match.signature] = match.shape
    for legacy, reason in _shared_nodes(feeds, nodes).items():
        del feeds[legacy]
        refused.update((match, reason) for match in inputs if match.legacy == legacy)
    return feeds, refused


def merged_shape(nodes: Mapping[str, Any], feed: Feed) -> Any:
    """The shape (TensorShapeProto) that all the placeholders of a feed have: unknown where they differ."""
    shape = _shape(nodes[feed.tensor.node])
    for other in feed.merged:
        shape = _wider(shape, _shape(nodes[other.node]))
    return shape


def _refusal(new: Tensor, legacy: Tensor, owner: Mapping[Tensor, Tensor], nodes: Mapping[str, Any]) -> str:
    if owner.get(new, legacy) != legacy:
        return f"the new graph has one tensor for it and {owner[new]}"
    if new != legacy and (nodes[new.node].op not in _RENAMED or new.port != 0):
        return f"{new} is no placeholder in the new graph, but comes from {nodes[new.node].op}"
    return ""


def _merge(match: Match, feed: Feed, nodes: Mapping[str, Any]) -> str:
    """Makes one more placeholder the feed's, or says why that cannot be."""
    assert match.new is not None  # As in the caller.
    if match.signature in feed.shapes:
        return f"signature {match.signature!r} has two inputs that were both {feed.legacy}; the other one has the name"
    signatures = " and ".join(map(repr, sorted({match.signature, next(iter(feed.shapes))})))
    one, other = nodes[feed.tensor.node], nodes[match.new.node]
    if one.op not in PLACEHOLDERS or other.op not in PLACEHOLDERS:
        return f"the inputs of signatures {signatures} cannot become one: one of them is no Placeholder"
    shapes = [_shape(nodes[tensor.node]) for tensor in (feed.tensor, *feed.merged)]
    if not all(_compatible(shape, _shape(other)) for shape in shapes):
        return f"the inputs of signatures {signatures} cannot become one: their shapes contradict each other"
    feed.merged.append(match.new)
    return ""


def _shared_nodes(feeds: Mapping[Tensor, Feed], nodes: Mapping[str, Any]) -> dict[Tensor, str]:
    """Feeds that were outputs of one operation in TF1, and cannot be again."""
    by_node: dict[str, list[Feed]] = defaultdict(list)
    for feed in feeds.values():
        by_node[feed.legacy.node].append(feed)
    refused: dict[Tensor, str] = {}
    for node, found in by_node.items():
        others = [feed for feed in found if not feed.is_right]
        if len(others) < len(found):
            refused.update((feed.legacy, f"the new graph already has an operation {node}") for feed in others)
        elif len(found) > 1 or found[0].legacy.port != 0:
            # A new node stands before the placeholders, which must be fed, also one that had a value without.
            if any(nodes[feed.tensor.node].op not in PLACEHOLDERS for feed in found):
                refused.update((feed.legacy, f"{feed.tensor} would lose its default value") for feed in found)
    return refused


def _shape(node: Any) -> Any:
    """A placeholder's shape; a copy, since asking a map of messages for what it does not have puts it there."""
    kind = protos.message_type("core.framework.tensor_shape_pb2.TensorShapeProto")
    return (
        kind.FromString(node.attr["shape"].shape.SerializeToString())
        if "shape" in node.attr
        else kind(unknown_rank=True)
    )


def _compatible(one: Any, other: Any) -> bool:
    if one.unknown_rank or other.unknown_rank:
        return True
    pairs = zip(one.dim, other.dim, strict=False)
    return len(one.dim) == len(other.dim) and all(min(a.size, b.size) < 0 or a.size == b.size for a, b in pairs)


def _wider(one: Any, other: Any) -> Any:
    wider = type(one)()
    if one.unknown_rank or other.unknown_rank:
        wider.unknown_rank = True
        return wider
    for a, b in zip(one.dim, other.dim, strict=True):
        wider.dim.add(size=a.size if a.size == b.size else -1)
    return wider
