from __future__ import annotations

import pytest
from graphs import BOOL, FLOAT, Graph

from migrate.graph.frames import Frames, Guard
from migrate.graph.index import GraphIndex
from migrate.graph.registry import registry_of
from migrate.graph.tensors import Tensor


@pytest.fixture
def loop():
    g = Graph()
    g.placeholder("x")
    g.const("limit", 1.0, FLOAT)
    g.node("enter", "Enter", "x", T=FLOAT, frame_name="loop")
    g.node("merge", "Merge", "enter", "next", T=FLOAT, N=2)
    g.node("enter_limit", "Enter", "limit", T=FLOAT, frame_name="loop", is_constant=True)
    g.node("less", "Less", "merge", "enter_limit", T=FLOAT)
    g.node("cond", "LoopCond", "less")
    g.node("switch", "Switch", "merge", "cond", T=FLOAT)
    g.node("body", "Square", "switch:1", T=FLOAT)
    g.node("next", "NextIteration", "body", T=FLOAT)
    g.node("exit", "Exit", "switch", T=FLOAT)
    g.node("y", "Neg", "exit", T=FLOAT)
    return Frames(GraphIndex(g.graph, registry_of(g.meta)))


def test_who_runs_in_the_loop(loop):
    inside = {name for name, frame in loop.of.items() if frame == ("loop",)}
    assert inside == {"enter", "merge", "enter_limit", "less", "cond", "switch", "body", "next", "exit"}
    assert loop.of["y"] == loop.of["x"] == ()


def test_the_loops_own_switch_guards_nothing(loop):
    assert loop.loop_switches() == {"switch"}
    assert not any(loop.guards.values())


@pytest.fixture
def nested():
    g = Graph()
    g.placeholder("x")
    g.placeholder("p", BOOL, ())
    g.placeholder("q", BOOL, ())
    g.node("outer", "Switch", "x", "p", T=FLOAT)
    g.node("q_outer", "Switch", "q", "p", T=BOOL)
    g.node("inner", "Switch", "outer:1", "q_outer:1", T=FLOAT)
    g.node("a", "Neg", "inner:1", T=FLOAT)
    g.node("b", "Square", "inner", T=FLOAT)
    g.node("inner_merge", "Merge", "b", "a", T=FLOAT, N=2)
    g.node("c", "Abs", "outer", T=FLOAT)
    g.node("merge", "Merge", "c", "inner_merge", T=FLOAT, N=2)
    g.node("after", "NoOp", "^a")
    return Frames(GraphIndex(g.graph, registry_of(g.meta)))


def test_guards_of_nested_conditionals(nested):
    p, q = Guard(Tensor("p", 0), 1), Guard(Tensor("q_outer", 1), 1)
    assert nested.guards["a"] == {p, q}
    assert nested.guards["inner_merge"] == {p}
    assert nested.guards["c"] == {Guard(Tensor("p", 0), 0)}
    assert nested.guards["merge"] == set()


def test_a_control_edge_hands_guards_on(nested):
    assert nested.guards["after"] == nested.guards["a"]
