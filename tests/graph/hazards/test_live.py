import pytest
from graphs import BOOL, FLOAT, Graph

from migrate.graph.hazards.live import known_predicate, live_part
from migrate.graph.tensors import parse_tensor


def switched(g: Graph, predicate: str) -> None:
    g.placeholder("x")
    g.node("switch", "Switch", "x", predicate, T=FLOAT)
    g.node("no", "Tanh", "switch", T=FLOAT)
    g.node("yes", "Relu", "switch:1", T=FLOAT)
    g.node("y", "Merge", "no", "yes", T=FLOAT, N=2)
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})


@pytest.mark.parametrize(("value", "kept", "gone"), [(False, "no", "yes"), (True, "yes", "no")])
def test_a_constant_decides(value: bool, kept: str, gone: str) -> None:
    g = Graph()
    switched(g, g.const("training", value, BOOL))
    view = g.view()
    live = live_part(view, view.slices["serving_default"])
    assert kept in live.nodes
    assert gone not in live.nodes
    assert live.decided == {"training": (value, 1)}
    assert "training" not in live.nodes, "nobody asks it any more"


def test_an_input_decides_nothing() -> None:
    g = Graph()
    switched(g, g.placeholder("training", BOOL, ()))
    g.signature("serving_default", {"training": "training:0"}, {})
    view = g.view()
    live = live_part(view, view.slices["serving_default"])
    assert {"yes", "no"} <= live.nodes
    assert not live.decided


def test_a_tensor_fetched_from_a_dead_branch_leaves_the_slice_whole() -> None:
    g = Graph()
    switched(g, g.const("training", False, BOOL))
    g.signature("odd", {"x": "x:0"}, {"y": "yes:0"})
    view = g.view()
    assert live_part(view, view.slices["odd"]).nodes == view.slices["odd"].nodes


def test_predicates_through_logic() -> None:
    g = Graph()
    g.default("training", True, BOOL)
    g.placeholder("open", BOOL, ())
    g.node("not", "LogicalNot", "training")
    g.node("same", "Identity", "not", T=BOOL)
    g.node("and", "LogicalAnd", "open", "same")
    g.node("or", "LogicalOr", "open", "same")
    index = g.view().index
    nothing: frozenset = frozenset()

    def known(name: str, feeds=nothing):
        return known_predicate(index, parse_tensor(name), feeds)

    assert known("same") == (False, "training")
    assert known("and") == (False, "training")
    assert known("or") is None
    assert known("same", frozenset({parse_tensor("training:0")})) is None
