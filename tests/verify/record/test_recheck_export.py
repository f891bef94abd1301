"""Exports of other kinds than the recorded ones: frozen graphs and SavedModels stand for each other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from migrate.verify.record.recheck_export import recheck_pair
from migrate.verify.record.recorder import ExportRecorder, RecordedExport
from migrate.verify.results import Status
from migrate.verify.scripts.pair_comparison import compare_pair
from migrate.verify.scripts.pairing import Match
from migrate.verify.scripts.results import Export, ExportKind, ExportPair

pytestmark = pytest.mark.tensorflow


class Never:
    """Scripts that must not be run again."""

    def export(self, side, export):
        raise AssertionError(side, export)


@pytest.fixture
def graph(tmp_path: Path, frozen_graph: bytes) -> Callable[..., Export]:
    def write(name: str, content: bytes = frozen_graph) -> Export:
        (tmp_path / name).write_bytes(content)
        return Export(ExportKind.FROZEN_GRAPH, name, tmp_path / name)

    return write


@pytest.fixture
def model(save) -> Callable[..., Export]:
    """The same as the frozen graph, as a SavedModel."""

    def write(name: str, plus: float = 0.0, **spec: object) -> Export:
        import tensorflow as tf

        path = save(name, lambda x: {"y": x + tf.constant([0.0, 1.0 + plus])}, key="serving_default", **spec)
        return Export(ExportKind.SAVED_MODEL, name, path)

    return write


@pytest.fixture
def pair(tmp_path: Path):
    """Records the first with the second, and compares it with the third."""

    def compare(before: Export, after: Export, now: Export) -> ExportPair:
        recorder = ExportRecorder()
        match = Match(before, after, "the same path")
        proved = compare_pair(
            match, tmp_path / "first", Never(), samples=None, seed=0, several=False, recorder=recorder
        )  # fmt: skip
        assert proved.status is Status.EQUAL, proved
        kept = Export(before.kind, before.name, Path("gone"))
        recorded = RecordedExport(before.name, str(before.kind), tuple(recorder.models))
        return recheck_pair(Match(kept, now, "the same path"), {kept: recorded}, tmp_path / "second", Never(), 0)

    return compare


def test_frozen_and_frozen(graph, pair):
    assert pair(graph("a.pb"), graph("b.pb"), graph("c.pb")).status is Status.EQUAL


def test_a_frozen_graph_that_lost_a_tensor(graph, pair, frozen_graph: bytes):
    found = pair(graph("a.pb"), graph("b.pb"), graph("c.pb", frozen_graph.replace(b"\n\1y", b"\n\1z")))
    assert found.status is Status.DIFFERENT
    assert found.differences == ("AFTER's graph has no tensor y:0: programs that fetch it by name fail",)


def test_frozen_and_saved_model(graph, model, pair):
    import tensorflow as tf

    spec = [tf.TensorSpec([None], name="x")]
    assert pair(graph("a.pb"), model("b", spec=spec), model("c", spec=spec)).status is Status.EQUAL


def test_a_saved_model_that_differs_from_the_frozen_graph(graph, model, pair):
    assert pair(graph("a.pb"), model("b"), model("c", plus=0.5)).status is Status.DIFFERENT


def test_saved_model_and_frozen(graph, model, pair):
    assert pair(model("a"), graph("b.pb"), graph("c.pb")).status is Status.EQUAL


def test_saved_model_and_a_frozen_graph_with_other_ends(graph, model, pair, frozen_graph: bytes):
    from migrate import protos

    other = protos.graph_def()
    other.ParseFromString(frozen_graph)
    second = other.node.add()
    second.name, second.op = "y2", "Neg"
    second.input.append("x")
    second.attr["T"].type = 1
    other.node[2].name = "y1"
    found = pair(model("a"), graph("b.pb"), graph("c.pb", other.SerializeToString()))
    assert found.status is Status.NOT_PROVED
    assert found.reasons == ("it is not clear which tensors of the frozen graph are the recorded ones",)


def test_other_meta_graphs(model, pair, tmp_path: Path):
    from migrate import protos

    now = model("c")
    message = protos.saved_model()
    message.ParseFromString((now.path / "saved_model.pb").read_bytes())
    message.meta_graphs[0].meta_info_def.tags.append("gpu")
    (now.path / "saved_model.pb").write_bytes(message.SerializeToString())
    found = pair(model("a"), model("b"), now)
    assert found.status is Status.DIFFERENT
    assert found.differences == (
        "only BEFORE's export has a MetaGraph with the tags serve",
        "only AFTER's export has a MetaGraph with the tags gpu,serve",
    )


def test_a_remote_export_is_not_proved(tmp_path: Path):
    kept = Export(ExportKind.SAVED_MODEL, "m", Path("gone"))
    remote = Export(ExportKind.REMOTE, "gs://b/m", Path("gs://b/m"))
    found = recheck_pair(Match(kept, remote, "the order of writing"), {}, tmp_path / "w", Never(), 0)
    assert found.status is Status.NOT_PROVED
    assert "gs://b/m is not on this machine" in found.reasons[0]
