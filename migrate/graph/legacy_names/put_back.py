"""The entry: what is decided, done and said about the names of a TF1 model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.graph.legacy_names.answers import Answers
from migrate.graph.legacy_names.body_influence import Bodies
from migrate.graph.legacy_names.feeds import plan_feeds
from migrate.graph.legacy_names.fetches import FetchPlan, plan_fetches
from migrate.graph.legacy_names.layout import layout_of
from migrate.graph.legacy_names.matching import Match, matches_of
from migrate.graph.legacy_names.notes import notes_on
from migrate.graph.legacy_names.rebuild import rebuild
from migrate.graph.legacy_names.results import LegacyName, LegacyNames, Role
from migrate.graph.legacy_names.tensor_infos import named_tensors, set_tensor_name
from migrate.graph.legacy_names.walk import Graph

if TYPE_CHECKING:
    from migrate.signatures.model import MetaGraph


def put_back_tensor_names(meta_graph: Any, original: MetaGraph) -> LegacyNames:
    """Gives the tensors of a model's signatures the names that they had in the TF1 model it replaces.

    A client that feeds and fetches by these names, all inputs of one signature at a time, gets what the signature
    gives. Functions, variables, tables and what the signatures compute stay as they are; a second application
    changes nothing. A name is refused where a client would get something else than in TF1; what has a refused
    name by accident gets another one.

    Args:
        meta_graph: The new model's MetaGraphDef (tensorflow/core/protobuf/meta_graph.proto), changed in place.
        original: The TF1 model's signatures.

    Returns:
        For each name, whether it is back, and why not.

    Raises:
        MigrateError: The graph names nodes in a way that no graph does.
    """
    matches = matches_of(meta_graph, original)
    nodes = {node.name: node for node in meta_graph.graph_def.node}
    possible = [match for match in matches if not match.reason]
    feeds, refused = plan_feeds(possible, nodes)
    graph = Graph(nodes, Bodies(meta_graph), {other: feed.tensor for feed in feeds.values() for other in feed.merged})
    plan = plan_fetches(possible, feeds, graph)
    notes = notes_on(plan, feeds, Answers(graph, feeds, {}))
    names = tuple(_name(match, refused, plan) for match in matches)

    layout = layout_of(feeds, plan, _unwanted(meta_graph, matches), nodes.keys())
    unknown = rebuild(meta_graph, layout)
    followed = _follow(meta_graph, possible, plan)
    notes += tuple(f"collection {key!r} may name renamed nodes; it is in a form that is not known" for key in unknown)
    changed = bool(followed or layout.nodes or layout.names or layout.made)
    return LegacyNames(names, tuple(layout.room), notes, changed)


def _name(match: Match, refused: dict[Match, str], plan: FetchPlan) -> LegacyName:
    reason, caution = match.reason or refused.get(match, ""), ""
    if not reason and match.role is not Role.FEED:
        reason, caution = plan.answers[match].reason, plan.answers[match].caution
    return LegacyName(match.name, match.role, match.signature, match.key, match.was, reason, caution)


def _unwanted(meta_graph: Any, matches: tuple[Match, ...]) -> list[str]:
    """Names of the TF1 model that something else must not have.

    In a graph that TF2 wrote, a node has one of them by accident: it may be a variable's. In one that TF1 wrote it
    may well be the right one.
    """
    if not meta_graph.HasField("object_graph_def"):
        return []
    own = {match.legacy.node for match in matches if match.legacy and match.new and match.new == match.legacy}
    return [match.legacy.node for match in matches if match.legacy and match.legacy.node not in own]


def _follow(meta_graph: Any, matches: list[Match], plan: FetchPlan) -> bool:
    """Lets the signatures' outputs be called what they are called now; whether that changed any."""
    changed = False
    for match in matches:
        provider = plan.providers.get(match.legacy) if match.legacy and match.role is not Role.FEED else None
        if provider is None or match.place is None or provider.new != match.new:
            continue
        info = meta_graph.signature_def[match.signature].outputs[match.place.key]
        wanted = match.legacy.node if match.legacy and match.legacy.is_control else str(match.legacy)
        if named_tensors(info)[match.place.number].name != wanted:
            set_tensor_name(info, match.place.number, wanted)
            changed = True
    return changed
