from __future__ import annotations

from graphs import FLOAT, Graph

from migrate.graph.calls import partition_calls
from migrate.graph.registry import registry_of


def test_a_call_by_name_becomes_a_partitioned_call():
    g = Graph()
    g.placeholder("x")
    g.function("double")
    g.node("y", "double", "x", "^x")
    partition_calls(g.graph, registry_of(g.meta))
    call = g.graph.node[-1]
    assert call.op == "PartitionedCall"
    assert call.attr["f"].func.name == "double"
    assert list(call.attr["Tin"].list.type) == [FLOAT] == list(call.attr["Tout"].list.type)
    assert list(call.input) == ["x", "^x"]


def test_a_function_with_effects_is_called_statefully():
    g = Graph()
    g.placeholder("x")
    g.function("noisy", ("r", "RandomUniform", ("a",), {"dtype": FLOAT, "T": 3}))
    g.function("outer", ("inner", "noisy", ("a",), {}))
    g.node("y", "outer", "x")
    partition_calls(g.graph, registry_of(g.meta))
    assert g.graph.node[-1].op == "StatefulPartitionedCall"
    assert g.graph.library.function[1].node_def[0].op == "StatefulPartitionedCall"


def test_outputs_of_calls_inside_functions_are_renamed():
    g = Graph()
    g.function("one")
    g.function("two", ("call", "one", ("a",), {}), ("neg", "Neg", ("call:b:0",), {"T": FLOAT}))
    g.graph.library.function[1].ret["b"] = "call:b:0"
    partition_calls(g.graph, registry_of(g.meta))
    two = g.graph.library.function[1]
    assert list(two.node_def[1].input) == ["call:output:0"]
    assert two.ret["b"] == "call:output:0"


def test_gradients_of_another_program_are_forgotten():
    g = Graph()
    g.placeholder("x")
    g.node("y", "Identity", "x", T=FLOAT, _gradient_op_type="CustomGradient-7")
    partition_calls(g.graph, registry_of(g.meta))
    assert "_gradient_op_type" not in g.graph.node[-1].attr


def test_all_of_many_returned_values_are_renamed():
    # A map of protobuf that is changed while it is walked may skip entries.
    g = Graph()
    g.function("one")
    g.function("many", *((f"call{n}", "one", ("a",), {}) for n in range(40)))
    many = g.graph.library.function[1]
    for n in range(40):
        many.ret[f"out{n}"] = f"call{n}:b:0"
    partition_calls(g.graph, registry_of(g.meta))
    assert all(many.ret[f"out{n}"] == f"call{n}:output:0" for n in range(40))
