from __future__ import annotations

import pytest
from graphs import FLOAT, Graph

from migrate.graph.cut import cut
from migrate.graph.index import GraphIndex
from migrate.graph.registry import registry_of
from migrate.graph.tensors import Tensor


@pytest.fixture
def index():
    g = Graph()
    g.placeholder("x", shape=(-1, 4))
    g.node("split", "Split", "x", "x", T=FLOAT, num_split=2, device="/job:ps/task:0")
    g.graph.node[-1].attr["_class"].list.s.append(b"loc:@gone")
    g.node("y", "Add", "split", "split:1", "^x", T=FLOAT)
    g.node("apart", "Neg", "x", T=FLOAT)
    g.function("f")
    g.function("unused")
    g.node("call", "PartitionedCall", "y", Tin=[FLOAT], Tout=[FLOAT], f="f")
    return GraphIndex(g.graph, registry_of(g.meta))


def names(result):
    return [node.name for node in result.graph_def.node]


def test_only_what_is_needed(index):
    result = cut(index, [Tensor("call", 0)], [Tensor("x", 0)])
    assert names(result) == ["x", "split", "y", "call"]
    assert [function.signature.name for function in result.graph_def.library.function] == ["f"]
    assert not cut(index, [Tensor("y", 0)], [Tensor("x", 0)]).graph_def.library.function


def test_a_fed_placeholder_keeps_its_name_type_and_shape(index):
    result = cut(index, [Tensor("y", 0)], [Tensor("x", 0)])
    placeholder = result.graph_def.node[0]
    assert (placeholder.op, placeholder.attr["dtype"].type) == ("Placeholder", FLOAT)
    assert [dim.size for dim in placeholder.attr["shape"].shape.dim] == [-1, 4]
    assert result.feeds == {Tensor("x", 0): Tensor("x", 0)}


def test_feeding_an_inner_tensor_whose_node_is_still_needed(index):
    result = cut(index, [Tensor("y", 0)], [Tensor("split", 0), Tensor("x", 0)])
    fed = result.feeds[Tensor("split", 0)]
    assert fed.node != "split"
    add = next(node for node in result.graph_def.node if node.name == "y")
    assert list(add.input) == [fed.node, "split:1"]


def test_what_ties_it_to_a_place_goes(index):
    split = next(n for n in cut(index, [Tensor("y", 0)], [Tensor("x", 0)]).graph_def.node if n.name == "split")
    assert split.device == ""
    assert "_class" not in split.attr


def test_the_whole_graph_is_left_alone(index):
    before = index.graph_def.SerializeToString(deterministic=True)
    cut(index, [Tensor("call", 0)], [Tensor("split", 1), Tensor("x", 0)])
    assert index.graph_def.SerializeToString(deterministic=True) == before


def test_fetching_what_is_fed(index):
    result = cut(index, [Tensor("x", 0)], [Tensor("x", 0)])
    assert names(result) == ["x"]
