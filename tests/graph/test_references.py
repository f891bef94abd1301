from __future__ import annotations

from graphs import FLOAT, Graph

from migrate.graph.references import resource_graph
from migrate.graph.registry import registry_of
from migrate.graph.tensors import Tensor


def converted(g, *fetches):
    found = resource_graph(g.graph, registry_of(g.meta), [Tensor(name, 0) for name in fetches])
    return {node.name: node for node in found.graph_def.node}


def test_nodes_that_share_a_name_take_one_handle():
    g = Graph()
    g.const("one", 1.0, FLOAT)
    for name in ("a", "b"):
        g.node(name, "VariableV2", dtype=FLOAT, shared_name="v")
    g.node("add", "AssignAdd", "b", "one", T=FLOAT)
    g.node("read", "Identity", "a", "^add", T=FLOAT)
    nodes = converted(g, "read")
    assert nodes["add"].input[0] == "a"
    assert nodes["read"].input[0] == "a"


def test_what_an_assignment_leaves_out_has_the_defaults_of_references():
    g = Graph()
    g.variable("v")
    g.placeholder("x")
    g.node("set", "Assign", "v", "x", T=FLOAT)
    assert converted(g, "set")["set"].attr["validate_shape"].b
