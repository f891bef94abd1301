from __future__ import annotations

import pytest
from graphs import FLOAT, INT64, Graph
from model_fixtures import model_fixture

from migrate.errors import MigrateError
from migrate.graph.load import load_source, select_meta_graph
from migrate.graph.state import Saved, State, variable_name
from migrate.graph.view import MetaGraphView


def state_of(graph) -> State:
    return graph.view().state


def golden(name):
    fixture = model_fixture(name)
    source = load_source(fixture.path, fixture.checkpoint)
    return MetaGraphView(source, select_meta_graph(source, fixture.tags or None)).state


def test_variables_with_their_collections():
    g = Graph()
    g.variable("w", (3, 2))
    g.variable("step", (), dtype=INT64, trainable=False)
    found = state_of(g).variables
    assert [v.name for v in found.values()] == ["w", "step"]
    assert found["w"].is_ref
    assert found["w"].trainable
    assert found["w"].shape == (3, 2)
    assert found["w"].byte_size == 24
    assert not found["step"].trainable


def test_without_collections_what_is_floating_counts_as_trainable():
    g = Graph()
    g.node("w", "VarHandleOp", dtype=FLOAT)
    g.node("n", "VarHandleOp", dtype=INT64)
    found = state_of(g).variables
    assert found["w"].trainable
    assert not found["n"].trainable
    assert not found["w"].is_ref


def test_two_nodes_that_share_a_name_are_one_variable():
    g = Graph()
    g.node("w", "VarHandleOp", dtype=FLOAT, shared_name="shared")
    g.node("again", "VarHandleOp", dtype=FLOAT, shared_name="shared")
    found = state_of(g)
    assert found.variables["shared"].nodes == ("w", "again")
    assert found.by_node["again"].name == "shared"
    assert variable_name(g.graph.node[0]) == "shared"


def test_values_are_where_the_restore_operations_look():
    g = Graph()
    g.variable("w")
    g.variable("other")
    g.saver("w")
    found = state_of(g).variables
    assert found["w"].saved == Saved("w")
    assert found["other"].saved is None


def test_partitioned_variables_are_slices():
    saved = {name: v.saved for name, v in golden("partitioned").variables.items()}
    slices = [s for s in saved.values() if s is not None and s.slice_spec]
    assert slices
    assert all(s.key != name for name, s in saved.items() if s is not None and s.slice_spec)


def test_a_saver_with_other_names():
    saved = {name: v.saved.key for name, v in golden("meta_v1_checkpoint").variables.items() if v.saved is not None}
    assert any(name != key for name, key in saved.items())


def test_tables_with_their_files_and_what_was_saved_of_them():
    tables = golden("lookup_assets").tables
    assert any(table.asset_tensors for table in tables.values())
    assert all(table.initializers for table in tables.values())
    mutable = [t for t in golden("old_tables").tables.values() if t.saved is not None]
    assert mutable
    assert all(t.is_mutable and not t.initializers for t in mutable)


@pytest.mark.parametrize(("dtype", "size"), [("string", None), ("float32", 24)])
def test_byte_size(dtype, size):
    from migrate.graph.state import Variable

    variable = Variable("v", ("v",), True, dtype, (3, 2), False, False, None)
    assert variable.byte_size == size


def test_a_broken_collection_is_refused():
    g = Graph()
    g.variable("v")
    g.meta.collection_def["variables"].bytes_list.value.append(b"\x0a\x02\xff\xff")
    with pytest.raises(MigrateError, match="broken: the collection variables"):
        _ = state_of(g).variables
