from __future__ import annotations

import pytest
from graphs import BOOL, FLOAT, Graph

from migrate.graph.branches import known_predicate, without_dead_branches
from migrate.graph.index import GraphIndex
from migrate.graph.registry import registry_of
from migrate.graph.tensors import Tensor


def conditional(training) -> Graph:
    """`tf.cond(training, lambda: -x, lambda: x * x)` with the default `training`, or fed where it is None."""
    g = Graph()
    g.placeholder("x")
    if training is None:
        g.placeholder("training", BOOL, ())
    else:
        g.default("training", training, BOOL)
    g.node("pred", "Identity", "training", T=BOOL)
    g.node("switch", "Switch", "x", "pred", T=FLOAT)
    g.node("neg", "Neg", "switch:1", T=FLOAT)
    g.node("square", "Square", "switch", T=FLOAT)
    g.node("merge", "Merge", "square", "neg", T=FLOAT, N=2)
    g.node("y", "Abs", "merge", T=FLOAT)
    g.node("which", "Identity", "merge:1", T=3)
    return g


def resolved(g, *fetches):
    return without_dead_branches(g.graph, registry_of(g.meta), [Tensor(name, 0) for name in fetches])


def ops(graph_def):
    return {node.name: node.op for node in graph_def.node}


@pytest.mark.parametrize(("training", "kept", "gone"), [(True, "neg", "square"), (False, "square", "neg")])
def test_the_branch_that_is_never_taken_goes(training, kept, gone):
    result = ops(resolved(conditional(training), "y"))
    assert kept in result
    assert gone not in result
    assert result["merge"] == result["switch"] == "Identity"
    assert "training" not in result


def test_a_fed_predicate_leaves_both():
    g = conditional(None)
    assert resolved(g, "y") is g.graph


@pytest.mark.parametrize(("training", "index"), [(True, 1), (False, 0)])
def test_the_number_of_the_branch_becomes_a_constant(training, index):
    result = resolved(conditional(training), "which")
    constant = next(node for node in result.node if node.op == "Const")
    assert list(constant.attr["value"].tensor.int_val) == [index]


def test_fetching_inside_the_dead_branch_leaves_all_as_it_is():
    g = conditional(True)
    assert resolved(g, "square") is g.graph


def test_predicates_that_are_known():
    g = Graph()
    g.default("a", True, BOOL)
    g.placeholder("p", BOOL, ())
    g.node("no", "LogicalNot", "a")
    g.node("both", "LogicalAnd", "p", "no")
    g.node("open", "LogicalOr", "p", "no")
    index = GraphIndex(g.graph, registry_of(g.meta))
    known = {name: known_predicate(index, Tensor(name, 0)) for name in ("a", "no", "both", "open", "p")}
    assert known == {"a": True, "no": False, "both": False, "open": None, "p": None}


def test_loops_are_left_alone():
    g = Graph()
    g.placeholder("x")
    g.const("true", True, BOOL)
    g.node("enter", "Enter", "x", T=FLOAT, frame_name="f")
    g.node("merge", "Merge", "enter", "next", T=FLOAT, N=2)
    g.node("go", "LoopCond", "true")
    g.node("switch", "Switch", "merge", "go", T=FLOAT)
    g.node("next", "NextIteration", "switch:1", T=FLOAT)
    g.node("exit", "Exit", "switch", T=FLOAT)
    assert resolved(g, "exit") is g.graph
