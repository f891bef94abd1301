import pytest
from graphs import FLOAT, STRING, Graph
from model_fixtures import model_fixture
from told import golden_view, hazards_of, only

from migrate.graph.inspection import HazardKind, Severity


def test_golden() -> None:
    view = golden_view(model_fixture("write_file"))
    writes = only(view, HazardKind.WRITES_FILE, Severity.BLOCKS)
    assert (writes.op, writes.signatures) == ("WriteFile", ("serving_default",))
    assert "--trust" in writes.remedy
    assert only(view, HazardKind.READS_FILE, Severity.CHANGES).signatures == ("content", "passed")


def saved() -> Graph:
    g = Graph()
    g.placeholder("x")
    g.node("y", "MatMul", "x", g.variable("W"), T=FLOAT)
    g.saver("W")
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    return g


def test_the_models_own_saver_is_no_hazard() -> None:
    assert hazards_of(saved(), HazardKind.WRITES_FILE, HazardKind.READS_FILE) == []


def test_a_saver_that_a_signature_runs_is_one() -> None:
    g = saved()
    g.signature("checkpoint", {}, {"done": "save/SaveV2"})
    assert only(g, HazardKind.WRITES_FILE, Severity.BLOCKS).signatures == ("checkpoint",)


def test_a_file_read_when_the_model_is_loaded_is_no_hazard() -> None:
    g = saved()
    g.const("name", b"f", STRING)
    g.node("content", "ReadFile", "name")
    g.node("start", "NoOp", "^content")
    g.init("start")
    assert hazards_of(g, HazardKind.READS_FILE) == []


@pytest.mark.parametrize(("stream", "count"), [("file:///tmp/log", 1), ("stderr", 0), ("log(info)", 0)])
def test_prints_into_a_file(stream: str, count: int) -> None:
    g = saved()
    g.placeholder("text", STRING, ())
    g.node("print", "PrintV2", "text", output_stream=stream)
    g.node("z", "Identity", "y", "^print", T=FLOAT)
    g.signature("logged", {"x": "x:0", "text": "text:0"}, {"z": "z:0"})
    assert len(hazards_of(g, HazardKind.WRITES_FILE)) == count


@pytest.mark.parametrize("op", ["WriteScalarSummary", "SaveSlices", "MergeV2Checkpoints", "CreateSummaryFileWriter"])
def test_other_operations_that_write(op: str) -> None:
    g = saved()
    g.node("write", op)
    g.node("z", "Identity", "y", "^write", T=FLOAT)
    g.signature("logged", {"x": "x:0"}, {"z": "z:0"})
    assert only(g, HazardKind.WRITES_FILE, Severity.BLOCKS).op == op


def test_summaries_as_values_write_nothing() -> None:
    g = saved()
    g.node("summary", "ScalarSummary", g.const("tag", b"t", STRING), "y", T=FLOAT)
    g.signature("summary", {"x": "x:0"}, {"s": "summary:0"})
    assert hazards_of(g, HazardKind.WRITES_FILE) == []


@pytest.mark.parametrize(("file", "count"), [(b"", 0), (b"/tmp/cache", 1)])
def test_datasets_cached_in_files(file: bytes, count: int) -> None:
    g = saved()
    g.node("range", "RangeDataset", output_types=[9])
    g.node("cache", "CacheDataset", "range", g.const("file", file, STRING), output_types=[9])
    g.signature("data", {}, {"d": "cache:0"})
    assert len(hazards_of(g, HazardKind.WRITES_FILE)) == count
