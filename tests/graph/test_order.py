from __future__ import annotations

from graphs import BOOL, FLOAT, RESOURCE, Graph

from migrate.graph.order import reads_before_writes
from migrate.graph.registry import registry_of


def state(g):
    g.node("v", "VarHandleOp", dtype=FLOAT)
    g.const("one", 1.0, FLOAT)


def controls(g, name):
    reads_before_writes(g.graph, registry_of(g.meta))
    return [i for node in g.graph.node if node.name == name for i in node.input if i.startswith("^")]


def test_a_read_goes_before_a_write_that_nothing_orders():
    g = Graph()
    state(g)
    g.node("read", "ReadVariableOp", "v", dtype=FLOAT)
    g.node("add", "AssignAddVariableOp", "v", "one", dtype=FLOAT)
    assert controls(g, "add") == ["^read"]


def test_a_read_that_comes_after_stays_after():
    g = Graph()
    state(g)
    g.node("add", "AssignAddVariableOp", "v", "one", dtype=FLOAT)
    g.node("read", "ReadVariableOp", "v", "^add", dtype=FLOAT)
    assert controls(g, "add") == []


def test_a_read_that_the_write_takes_is_before_it_already():
    g = Graph()
    state(g)
    g.node("read", "ReadVariableOp", "v", dtype=FLOAT)
    g.node("add", "AssignAddVariableOp", "v", "read", dtype=FLOAT)
    assert controls(g, "add") == []


def test_a_read_in_a_branch_does_not_hold_up_what_always_runs():
    g = Graph()
    state(g)
    g.placeholder("p", BOOL, ())
    g.node("switch", "Switch", "v", "p", T=RESOURCE)
    g.node("read", "ReadVariableOp", "switch:1", dtype=FLOAT)
    g.node("add", "AssignAddVariableOp", "v", "one", dtype=FLOAT)
    assert controls(g, "add") == []


def test_other_variables_do_not_matter():
    g = Graph()
    state(g)
    g.node("w", "VarHandleOp", dtype=FLOAT)
    g.node("read", "ReadVariableOp", "w", dtype=FLOAT)
    g.node("add", "AssignAddVariableOp", "v", "one", dtype=FLOAT)
    assert controls(g, "add") == []


def test_no_circle_is_made():
    g = Graph()
    state(g)
    g.node("w", "VarHandleOp", dtype=FLOAT)
    g.node("add_v", "AssignAddVariableOp", "v", "one", dtype=FLOAT)
    g.node("add_w", "AssignAddVariableOp", "w", "one", dtype=FLOAT)
    g.node("read_w", "ReadVariableOp", "w", "^add_v", dtype=FLOAT)
    g.node("read_v", "ReadVariableOp", "v", "^add_w", dtype=FLOAT)
    # One of the reads may go first, not both.
    assert len(controls(g, "add_v")) + len(controls(g, "add_w")) == 1


def test_a_read_goes_before_the_loop_that_writes():
    g = Graph()
    state(g)
    g.node("read", "ReadVariableOp", "v", dtype=FLOAT)
    g.node("enter", "Enter", "v", T=RESOURCE, frame_name="loop", is_constant=True)
    g.node("enter_one", "Enter", "one", T=FLOAT, frame_name="loop", is_constant=True)
    g.node("add", "AssignAddVariableOp", "enter", "enter_one", dtype=FLOAT)
    assert controls(g, "add") == []
    assert controls(g, "enter") == ["^read"]
