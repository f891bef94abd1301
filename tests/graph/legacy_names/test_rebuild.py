from __future__ import annotations

import pytest
from graphs import FLOAT, STRING, Graph

from migrate.graph.legacy_names.layout import Layout, Source
from migrate.graph.legacy_names.rebuild import rebuild
from migrate.graph.tensors import Tensor


def nodes_of(graph):
    return {node.name: node for node in graph.graph.node}


@pytest.mark.parametrize(
    ("op", "attributes", "expected"),
    [
        ("VariableV2", {}, b"w"),
        ("VariableV2", {"shared_name": b"mine"}, b"mine"),
        ("HashTableV2", {"use_node_name_sharing": True}, b"w"),
        # Private resources stay private.
        ("HashTableV2", {"use_node_name_sharing": False}, b""),
        ("FIFOQueueV2", {}, b""),
        # All that have no name share one.
        ("VarHandleOp", {"shared_name": b""}, b""),
    ],
)
def test_a_resource_that_has_its_nodes_name_keeps_it(op, attributes, expected):
    g = Graph()
    g.node("w", op)
    for name, value in attributes.items():
        if isinstance(value, bytes):
            g.graph.node[-1].attr[name].s = value
        else:
            g.graph.node[-1].attr[name].b = value
    rebuild(g.meta, Layout(nodes={"w": "w_1"}, room=[("w", "w_1")]))
    assert nodes_of(g)["w_1"].attr["shared_name"].s == expected


def test_a_temporary_variable_keeps_its_name():
    g = Graph()
    g.node("w", "TemporaryVariable")
    rebuild(g.meta, Layout(nodes={"w": "w_1"}, room=[("w", "w_1")]))
    assert nodes_of(g)["w_1"].attr["var_name"].s == b"w"


def test_one_output_is_an_identity_and_none_is_no_operation():
    g = Graph()
    g.placeholder("p")
    rebuild(g.meta, Layout(made={"y": {0: Source(Tensor("p", 0), FLOAT)}, "run": {-1: Source(Tensor("p", -1), 0)}}))
    nodes = nodes_of(g)
    assert (nodes["y"].op, list(nodes["y"].input), nodes["y"].attr["T"].type) == ("Identity", ["p"], FLOAT)
    assert (nodes["run"].op, list(nodes["run"].input)) == ("NoOp", ["^p"])


def test_outputs_that_nobody_asked_for_say_so():
    g = Graph()
    g.placeholder("p")
    g.placeholder("split/not_put_back")
    rebuild(g.meta, Layout(made={"split": {2: Source(Tensor("p", 0), FLOAT)}}))
    nodes = nodes_of(g)
    filler = "split/not_put_back_1"
    assert list(nodes["split"].input) == [filler, filler, "p"]
    assert list(nodes["split"].attr["T"].list.type) == [STRING, STRING, FLOAT]
    assert b"split" in nodes[filler].attr["value"].tensor.string_val[0]


def test_a_placeholder_is_fed_through_a_new_node():
    g = Graph()
    g.placeholder("p", FLOAT, (-1, 2))
    g.node("y", "Tanh", "p", T=FLOAT)
    g.signature("s", {"x": "p:0"}, {"y": "y:0"})
    legacy = Tensor("parse", 1)
    layout = Layout(names={Tensor("p", 0): legacy}, made={"parse": {1: Source(None, FLOAT)}}, readers={"p": legacy})
    rebuild(g.meta, layout)
    nodes = nodes_of(g)
    assert (nodes["p"].op, list(nodes["p"].input)) == ("PlaceholderWithDefault", ["parse:1"])
    assert [dim.size for dim in nodes["p"].attr["shape"].shape.dim] == [-1, 2]
    assert list(nodes["y"].input) == ["p"]
    assert nodes["parse/must_be_fed_1"].op == "Placeholder"
    assert g.meta.signature_def["s"].inputs["x"].name == "parse:1"


def test_nodes_that_became_another_are_gone():
    g = Graph()
    for name in ("p", "q"):
        g.placeholder(name)
    g.node("y", "AddV2", "p", "q", T=FLOAT)
    rebuild(g.meta, Layout(nodes={"p": "x", "q": "x"}, inputs={Tensor("q", 0): Tensor("p", 0)}, gone={"q"}))
    assert list(nodes_of(g)) == ["x", "y"]
    assert list(nodes_of(g)["y"].input) == ["x", "x"]
