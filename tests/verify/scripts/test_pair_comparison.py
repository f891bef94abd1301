from pathlib import Path

import numpy as np
import pytest

from migrate.errors import MigrateError
from migrate.graph.requests import RequestedSignature
from migrate.verify.results import Status
from migrate.verify.scripts.frozen import FrozenGraph
from migrate.verify.scripts.pair_comparison import _samples_for, compare_pair
from migrate.verify.scripts.pairing import Match
from migrate.verify.scripts.results import Export, ExportKind, Side


class NoSecondRuns:
    """For pairs whose values agree: nothing is to be run again."""

    def export(self, side: Side, export: Export) -> Export | None:
        raise AssertionError(f"{side} is run again for {export.name}")


def compare(before: Export | None, after: Export | None, work: Path, samples=None):
    match = Match(before, after, "the same path")
    return compare_pair(match, work, NoSecondRuns(), samples=samples, seed=0, several=False)


@pytest.fixture
def graph(tmp_path: Path, frozen):
    def make(name: str, **consts: float) -> Export:
        (tmp_path / name).write_bytes(frozen(**consts))
        return Export(ExportKind.FROZEN_GRAPH, name, tmp_path / name)

    return make


def test_what_is_far_away_is_not_proved(tmp_path: Path, graph):
    remote = Export(ExportKind.REMOTE, "gs://bucket/model", Path("gs://bucket/model"))
    pair = compare(remote, graph("g.pb", w=1.0), tmp_path / "work")
    assert pair.status is Status.NOT_PROVED
    assert pair.reasons == ("gs://bucket/model is not on this machine and cannot be compared",)


@pytest.mark.tensorflow
def test_a_frozen_graph_that_lost_a_tensor(tmp_path: Path, graph):
    pair = compare(graph("a.pb", w=1.0, v=1.0), graph("b.pb", w=1.0), tmp_path / "work")
    assert pair.status is Status.DIFFERENT
    assert pair.differences == ("AFTER's graph has no tensor y_v:0: programs that fetch it by name fail",)
    assert pair.comparisons == ()


@pytest.mark.tensorflow
@pytest.mark.parametrize("swapped", [False, True])
def test_a_frozen_graph_and_a_saved_model(tmp_path: Path, graph, swapped: bool):
    wanted = RequestedSignature("serving_default", {"x": "x:0"}, {"y_w": "y_w:0"})
    (tmp_path / "model").mkdir()
    frozen = graph("g.pb", w=1.0)
    FrozenGraph(frozen.path).write(tmp_path / "model", wanted)
    model = Export(ExportKind.SAVED_MODEL, "model", tmp_path / "model")
    pair = compare(*((model, frozen) if swapped else (frozen, model)), tmp_path / "work")
    assert pair.status is Status.EQUAL
    assert "tensors were matched by their names" in pair.notes[0]
    assert pair.comparisons[0].signatures[0].key == "serving_default"


@pytest.mark.tensorflow
def test_where_the_names_have_nothing_in_common_nothing_is_proved(tmp_path: Path, graph):
    wanted = RequestedSignature("serving_default", {"features": "x:0"}, {"a": "y_w:0", "b": "y_v:0"})
    (tmp_path / "model").mkdir()
    frozen = graph("g.pb", w=1.0, v=2.0)
    FrozenGraph(frozen.path).write(tmp_path / "model", wanted)
    pair = compare(frozen, Export(ExportKind.SAVED_MODEL, "model", tmp_path / "model"), tmp_path / "work")
    assert pair.status is Status.NOT_PROVED
    assert "it is not clear which tensors of the frozen graph" in pair.reasons[0]


def test_samples_of_one_pair_of_several(tmp_path: Path):
    names, keys = ("{out}/1", "{out}/2"), {"rank"}
    given = {"rank/x": np.array(1), "other/x": np.array(2), "{out}/1::rank/z": np.array(3), "far::rank/z": np.array(4)}
    found = _samples_for(given, keys, names)
    assert found is not None
    assert {key: value.item() for key, value in found.items()} == {"rank/x": 1, "rank/z": 3}
    np.savez(tmp_path / "s.npz", **{"rank/x": np.array(5)})
    found = _samples_for(tmp_path / "s.npz", keys, names)
    assert found is not None
    assert found["rank/x"] == 5
    assert _samples_for({"other/x": np.array(2)}, keys, names) is None
    assert _samples_for(None, keys, names) is None
    with pytest.raises(MigrateError, match="cannot read samples"):
        _samples_for(tmp_path / "no.npz", keys, names)
