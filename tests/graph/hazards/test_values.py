import shutil
from pathlib import Path

import pytest
from graphs import FLOAT, INT64, STRING, Graph
from model_fixtures import MODELS, ModelFixture, model_fixture
from told import golden_view, hazards_of, only

from migrate.graph.inspection import HazardKind, Severity
from migrate.graph.load import load_source
from migrate.graph.source import Form
from migrate.graph.view import MetaGraphView

KINDS = (HazardKind.UNINITIALIZED, HazardKind.MISSING_CHECKPOINT, HazardKind.MISSING_ASSET)


@pytest.mark.parametrize("fixture", MODELS, ids=str)
def test_nothing_is_missing_in_the_goldens(fixture: ModelFixture) -> None:
    blocking = [h for h in hazards_of(golden_view(fixture), *KINDS) if h.severity is Severity.BLOCKS]
    assert blocking == []


def copied(name: str, to: Path) -> Path:
    return Path(shutil.copytree(model_fixture(name).path, to / name))


def view_of(path: Path) -> MetaGraphView:
    source = load_source(path)
    return MetaGraphView(source, source.meta_graphs[0])


def test_no_checkpoint(tmp_path: Path) -> None:
    model = copied("partitioned", tmp_path)
    shutil.rmtree(model / "variables")
    hazard = only(view_of(model), HazardKind.MISSING_CHECKPOINT, Severity.BLOCKS)
    assert hazard.signatures == ("norms", "serving_default")
    assert "--checkpoint" in hazard.remedy


def test_a_checkpoint_that_lacks_a_shard(tmp_path: Path) -> None:
    model = copied("partitioned", tmp_path)
    next((model / "variables").glob("variables.data-*")).unlink()
    hazard = only(view_of(model), HazardKind.MISSING_CHECKPOINT, Severity.BLOCKS)
    assert "not complete" in hazard.message
    assert hazard.signatures == ()


def test_a_checkpoint_that_lacks_a_variable(tmp_path: Path) -> None:
    model = copied("counter", tmp_path)
    other = copied("partitioned", tmp_path)
    shutil.rmtree(model / "variables")
    shutil.copytree(other / "variables", model / "variables")
    hazards = hazards_of(view_of(model), HazardKind.UNINITIALIZED)
    assert hazards
    assert {h.severity for h in hazards} == {Severity.BLOCKS}


def test_an_asset_that_is_gone(tmp_path: Path) -> None:
    model = copied("lookup_assets", tmp_path)
    gone = min((model / "assets").iterdir())
    gone.unlink()
    hazard = only(view_of(model), HazardKind.MISSING_ASSET, Severity.BLOCKS)
    assert gone.name in hazard.message


def table(op: str = "HashTableV2") -> Graph:
    g = Graph()
    g.placeholder("words", STRING)
    g.node("table", op, key_dtype=STRING, value_dtype=INT64)
    g.const("missing", -1, INT64)
    g.node("ids", "LookupTableFindV2", "table", "words", "missing", Tin=STRING, Tout=INT64)
    g.signature("serving_default", {"words": "words:0"}, {"ids": "ids:0"})
    return g


def filled(g: Graph) -> Graph:
    g.const("keys", [b"a"], STRING, shape=(1,))
    g.const("values", [0], INT64, shape=(1,))
    g.node("fill", "InitializeTableV2", "table", "keys", "values", Tkey=7, Tval=9)
    return g


def test_a_table_that_nothing_fills() -> None:
    assert "Nothing" in only(table(), HazardKind.UNINITIALIZED, Severity.BLOCKS).message


def test_a_table_whose_initializer_does_not_run() -> None:
    assert "not part of" in only(filled(table()), HazardKind.UNINITIALIZED, Severity.BLOCKS).message


def test_a_table_that_is_filled() -> None:
    g = filled(table())
    g.init("fill")
    assert hazards_of(g) == []


def test_a_mutable_table_may_start_empty() -> None:
    assert "empty" in only(table("MutableHashTableV2"), HazardKind.UNINITIALIZED, Severity.CHANGES).message


def test_a_bare_graph_does_not_say_what_initialises_it() -> None:
    g = filled(table())
    del g.meta.signature_def["serving_default"]
    g.node("score", "Cast", "ids", SrcT=INT64, DstT=FLOAT)
    hazard = only(g.view(Form.GRAPH), HazardKind.UNINITIALIZED, Severity.BLOCKS)
    assert ".meta" in hazard.remedy


def test_a_table_filled_from_a_file_that_is_no_asset() -> None:
    g = table()
    g.const("path", b"/home/somebody/words.txt", STRING)
    g.node("fill", "InitializeTableFromTextFileV2", "table", "path", key_index=-2, value_index=-1)
    g.init("fill")
    assert "/home/somebody/words.txt" in only(g, HazardKind.MISSING_ASSET, Severity.CHANGES).message


def test_variables_that_the_initialisation_or_the_signature_sets_need_no_checkpoint() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("A/Assign", "Assign", "A", "x", T=FLOAT)
    g.variable("A")
    g.node("read", "Identity", "A/Assign", T=FLOAT)
    g.variable("B")
    g.const("zero", 0.0, FLOAT)
    g.node("B/Assign", "Assign", "B", "zero", T=FLOAT)
    g.init("B/Assign")
    g.node("y", "Add", "read", "B/read", T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    assert hazards_of(g, *KINDS) == []
