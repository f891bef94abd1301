from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.signatures import read_meta_graphs
from migrate.verify.scripts.frozen import KEY, FrozenGraph, write_like


@pytest.fixture
def graph(tmp_path: Path, frozen):
    def make(name: str, **consts: float) -> FrozenGraph:
        (tmp_path / name).write_bytes(frozen(**consts))
        return FrozenGraph(tmp_path / name)

    return make


def test_placeholders_go_in_and_ends_come_out(graph, tmp_path: Path):
    made = graph("g.pb", w=1.0, v=2.0)
    assert [str(tensor) for tensor in made.inputs] == ["x:0"]
    assert [str(tensor) for tensor in made.outputs] == ["y_w:0", "y_v:0"]
    (tmp_path / "m").mkdir()
    made.write(tmp_path / "m")
    (signature,) = read_meta_graphs(tmp_path / "m")[0].signatures
    assert signature.key == KEY
    assert [info.key for info in signature.inputs] == ["x:0"]
    assert [info.key for info in signature.outputs] == ["y_v:0", "y_w:0"]


def test_tensors_that_the_other_lacks_are_told(graph):
    signature, lacking = graph("b.pb", w=1.0).like(graph("a.pb", w=1.0, v=2.0))
    assert signature.outputs == {"y_w:0": "y_w:0"}
    assert lacking == ("AFTER's graph has no tensor y_v:0: programs that fetch it by name fail",)


def test_a_graph_without_an_end(tmp_path: Path, frozen):
    (tmp_path / "g.pb").write_bytes(frozen())
    (tmp_path / "m").mkdir()
    with pytest.raises(MigrateError, match="the graph has nothing to fetch"):
        FrozenGraph(tmp_path / "g.pb").write(tmp_path / "m")


def test_the_names_of_a_saved_model(graph, tmp_path: Path):
    from migrate.graph.requests import RequestedSignature

    two = graph("g.pb", w=1.0, v=2.0)
    for name in ("model", "like", "other", "no"):
        (tmp_path / name).mkdir()
    wanted = RequestedSignature("rank", {"x": "x:0"}, {"y_v": "y_v:0"}, "tensorflow/serving/regress")
    two.write(tmp_path / "model", wanted)
    assert write_like(graph("h.pb", w=1.0, v=2.0), tmp_path / "like", tmp_path / "model") == ""
    (signature,) = read_meta_graphs(tmp_path / "like")[0].signatures
    assert (signature.key, signature.method_name) == ("rank", "tensorflow/serving/regress")
    assert [info.name for info in signature.outputs] == ["y_v:0"]
    # One output on both sides needs no name.
    assert write_like(graph("i.pb", q=1.0), tmp_path / "other", tmp_path / "model") == ""
    said = write_like(graph("j.pb", q=1.0, r=1.0), tmp_path / "no", tmp_path / "model")
    assert "it is not clear which tensors" in said
