from __future__ import annotations

import pytest
from graphs import FLOAT, Graph

from migrate.errors import MigrateError
from migrate.graph.index import EdgeKind, GraphIndex
from migrate.graph.registry import registry_of
from migrate.graph.tensors import Tensor


def index_of(graph):
    return GraphIndex(graph.graph, registry_of(graph.meta))


@pytest.fixture
def softmax():
    g = Graph()
    g.placeholder("x")
    g.variable("w")
    g.node("h", "MatMul", "x", "w/read", T=FLOAT)
    g.node("both", "Unpack", "h", T=FLOAT, num=2)
    g.node("y", "Add", "both", "both:1", "^x", T=FLOAT)
    g.node("update", "AssignAdd", "w", "h", "^y", T=FLOAT)
    return index_of(g)


def test_edges_know_what_they_carry(softmax):
    edge = softmax.graph.edges
    assert edge["x", "h"]["kinds"] == {EdgeKind.DATA}
    assert edge["w", "update"]["kinds"] == {EdgeKind.REFERENCE}
    assert edge["x", "y"]["kinds"] == {EdgeKind.CONTROL}
    assert softmax.graph.nodes["h"]["op"] == "MatMul"


def test_a_slice_has_what_runs(softmax):
    assert softmax.slice_of([Tensor("y", 0)]) == {"x", "w", "w/read", "h", "both", "y"}
    assert softmax.slice_of([Tensor("update", -1)]) >= {"y", "update"}


def test_what_is_fed_needs_nothing(softmax):
    assert softmax.slice_of([Tensor("y", 0)], {Tensor("h", 0), Tensor("x", 0)}) == {"both", "y"}
    assert softmax.slice_of([Tensor("x", 0)], {Tensor("x", 0)}) == set()


def test_feeding_one_output_leaves_the_other(softmax):
    assert "both" in softmax.slice_of([Tensor("y", 0)], {Tensor("both", 1)})


def test_only_a_fed_placeholder_settles_a_control_edge(softmax):
    fed = {Tensor("x", 0), Tensor("y", 0)}
    assert "y" in softmax.slice_of([Tensor("update", -1)], fed)
    assert "x" not in softmax.slice_of([Tensor("y", 0)], {Tensor("x", 0)})


def test_tensors_that_are_not_there(softmax):
    assert softmax.has_tensor(Tensor("both", 1))
    assert not softmax.has_tensor(Tensor("both", 2))
    assert not softmax.has_tensor(Tensor("z", 0))


def test_consumers(softmax):
    assert softmax.consumers[Tensor("both", 1)] == (("y", 1),)


def test_an_input_from_nowhere():
    g = Graph()
    g.node("y", "Tanh", "gone", T=FLOAT)
    with pytest.raises(MigrateError, match="node y takes gone:0, which is not in the graph"):
        index_of(g)


def test_two_nodes_of_one_name():
    g = Graph()
    g.placeholder("x")
    g.placeholder("x")
    with pytest.raises(MigrateError, match="same name"):
        index_of(g)


def test_an_unknown_operation_is_kept():
    g = Graph()
    g.placeholder("x")
    g.node("y", "TheirOwnOp", "x")
    g.node("z", "Tanh", "y", T=FLOAT)
    found = index_of(g)
    assert found.output_ports("y") is None
    assert found.has_tensor(Tensor("y", 7))
    assert found.slice_of([Tensor("z", 0)]) == {"x", "y", "z"}
