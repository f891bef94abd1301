from __future__ import annotations

from graphs import FLOAT, INT32, Graph

from migrate.graph.legacy_names.feeds import merged_shape, plan_feeds
from migrate.graph.legacy_names.matching import Match
from migrate.graph.legacy_names.results import Role
from migrate.graph.tensors import Tensor, parse_tensor


def feed(signature, name, new, key="x"):
    legacy = parse_tensor(name)
    return Match(Role.FEED, signature, key, name, legacy, parse_tensor(new), None, FLOAT, (None,))


def plan(graph, *matches):
    feeds, refused = plan_feeds(matches, {node.name: node for node in graph.graph.node})
    return feeds, {(match.signature, match.key): reason for match, reason in refused.items()}


def placeholders(**shapes):
    g = Graph()
    for name, shape in shapes.items():
        g.placeholder(name, FLOAT, shape)
    return g


def sizes(shape):
    return None if shape.unknown_rank else tuple(dim.size for dim in shape.dim)


def merged(**shapes):
    g = placeholders(**shapes)
    feeds, refused = plan(g, *(feed(name, "x:0", f"{name}:0") for name in shapes))
    assert not refused
    return sizes(merged_shape({node.name: node for node in g.graph.node}, feeds[Tensor("x", 0)]))


def test_the_merged_shape_takes_what_each_of_them_took():
    assert merged(a=(-1, 2), b=(-1, 2)) == (-1, 2)
    assert merged(a=(-1, 2), b=(3, 2)) == (-1, 2)
    assert merged(a=(-1, 2), b=(3, -1), c=(3, 2)) == (-1, -1)
    assert merged(a=(-1, 2), b=None) is None
    assert merged(a=(), b=()) == ()


def test_a_placeholder_without_a_shape_takes_all():
    g = placeholders(a=(2,))
    g.node("b", "Placeholder", dtype=FLOAT)
    feeds, refused = plan(g, feed("a", "x:0", "a:0"), feed("b", "x:0", "b:0"))
    nodes = {node.name: node for node in g.graph.node}
    assert not refused
    assert sizes(merged_shape(nodes, feeds[Tensor("x", 0)])) is None
    assert "shape" not in nodes["b"].attr


def test_contradictions_are_refused_for_the_later_one():
    feeds, refused = plan(placeholders(a=(2,), b=(3,)), feed("a", "x:0", "a:0"), feed("b", "x:0", "b:0"))
    assert feeds[Tensor("x", 0)].tensor == Tensor("a", 0)
    assert "shapes contradict" in refused["b", "x"]


def test_two_inputs_of_one_signature_stay_two():
    found = plan(placeholders(a=(2,), b=(2,)), feed("s", "x:0", "a:0"), feed("s", "x:0", "b:0", "z"))
    assert "two inputs" in found[1]["s", "z"]


def test_one_placeholder_has_one_name():
    found = plan(placeholders(a=(2,)), feed("s", "x:0", "a:0"), feed("t", "z:0", "a:0"))
    assert found[1]["t", "x"] == "the new graph has one tensor for it and x:0"


def test_only_placeholders_are_renamed():
    g = placeholders(a=(2,))
    g.node("b", "Tanh", "a", T=FLOAT)
    assert "comes from Tanh" in plan(g, feed("s", "x:0", "b:0"))[1]["s", "x"]
    # But what has its name is right, whatever it is.
    assert plan(g, feed("s", "b:0", "b:0"))[0][Tensor("b", 0)].is_right


def test_a_default_value_is_not_lost():
    g = Graph()
    g.default("a", 1, INT32)
    assert not plan(g, feed("s", "x:0", "a:0"))[1]
    assert "lose its default" in plan(g, feed("s", "parse:1", "a:0"))[1]["s", "x"]


def test_an_operation_that_is_there_gets_no_more_outputs():
    g = placeholders(x=(2,), b=(2,))
    feeds, refused = plan(g, feed("s", "x:0", "x:0"), feed("s", "x:1", "b:0", "b"))
    assert list(feeds) == [Tensor("x", 0)]
    assert "already has" in refused["s", "b"]
