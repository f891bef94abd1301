from __future__ import annotations

from graphs import BOOL, FLOAT, INT64, RESOURCE, STRING, Graph

from migrate.graph.handles import Handles
from migrate.graph.index import GraphIndex
from migrate.graph.registry import registry_of
from migrate.graph.tensors import Tensor


def handles_of(graph):
    return Handles(GraphIndex(graph.graph, registry_of(graph.meta)))


def test_a_reference_goes_through_what_writes_and_switches():
    g = Graph()
    g.variable("w")
    g.placeholder("p", BOOL, ())
    g.const("one", 1.0, FLOAT)
    g.node("set", "Assign", "w", "one", T=FLOAT)
    g.node("switch", "RefSwitch", "set", "p", T=FLOAT)
    g.node("add", "AssignAdd", "switch:1", "one", T=FLOAT)
    found = handles_of(g)
    assert found.makers(Tensor("add", 0)) == {"w"}
    assert found.makers(Tensor("w/read", 0)) == set()
    assert found.writes("add") == found.writes("set") == {"w"}
    assert found.writes("switch") == found.writes("w/read") == set()


def test_merged_handles_may_be_either():
    g = Graph()
    g.variable("a")
    g.variable("b")
    g.node("merge", "RefMerge", "a", "b", T=FLOAT, N=2)
    assert handles_of(g).makers(Tensor("merge", 0)) == {"a", "b"}


def test_a_handle_goes_round_a_loop():
    g = Graph()
    g.node("v", "VarHandleOp", dtype=FLOAT)
    g.node("enter", "Enter", "v", T=RESOURCE, frame_name="loop")
    g.node("merge", "Merge", "enter", "next", T=RESOURCE, N=2)
    g.node("next", "NextIteration", "merge", T=RESOURCE)
    g.const("one", 1.0, FLOAT)
    g.node("add", "AssignAddVariableOp", "merge", "one", dtype=FLOAT)
    g.node("read", "ReadVariableOp", "merge", dtype=FLOAT)
    found = handles_of(g)
    assert found.writes("add") == {"v"}
    assert found.writes("read") == set()
    assert found.reads("read") == {"v"}


def test_tables_and_calls():
    g = Graph()
    g.node("table", "HashTableV2", key_dtype=STRING, value_dtype=INT64)
    g.const("keys", [b"a"], STRING, shape=(1,))
    g.const("values", [1], INT64, shape=(1,))
    g.node("fill", "LookupTableImportV2", "table", "keys", "values", Tin=STRING, Tout=INT64)
    g.node("call", "StatefulPartitionedCall", "table", Tin=[RESOURCE], Tout=[], f="somewhere")
    found = handles_of(g)
    assert found.writes("fill") == {"table"}
    assert found.writes("call") == {"table"}  # What a function does with it is not looked into.
