"""Proofs from recording to checking. Most scripts have no TensorFlow: they write graphs as bytes."""

import sys
from pathlib import Path

import numpy as np
import pytest
from graph_scripts import HEADER, write_graphs

from migrate.errors import MigrateError
from migrate.verify import Comparison, verify_models
from migrate.verify.record import recheck as module
from migrate.verify.record.recheck import recheck
from migrate.verify.results import Status
from migrate.verify.scripts import ScriptComparison, verify_scripts
from migrate.verify.scripts import comparison as comparing
from migrate.verify.scripts.results import Interpreter

pytestmark = pytest.mark.tensorflow


# ---- models ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def models(save, tmp_path: Path) -> Path:
    """The proof of two models, `a` and `b`."""
    assert verify_models(save("a"), save("b"), record=tmp_path / "p.json").equal
    return tmp_path / "p.json"


def test_a_model_that_stays_and_one_that_does_not(models: Path, save, tmp_path: Path):
    found = recheck(models)
    assert isinstance(found, Comparison)
    assert found.equal
    assert (found.a, found.b) == ("a", str(tmp_path / "b"))
    assert "the first model was not run: its answers were recorded on 2" in found.notes[0]
    save("b", by=2.001)
    assert recheck(models).status is Status.DIFFERENT
    assert recheck(models, save("c")).equal


def test_the_original_is_not_needed_and_a_changed_one_is_noted(models: Path, save, tmp_path: Path):
    save("a", lambda x: {"y": x * 9.0})
    found = recheck(models)
    assert found.equal
    assert f"{tmp_path / 'a'} has changed since it was recorded; what it was then is what counts here" in found.notes
    (tmp_path / "a").rename(tmp_path / "gone")
    assert len(recheck(models).notes) == 1


def test_a_model_that_is_gone(models: Path, tmp_path: Path):
    (tmp_path / "b").rename(tmp_path / "c")
    with pytest.raises(MigrateError, match=r"b is not there; name what stands for it now: --recheck .*p.json AFTER"):
        recheck(models)
    assert recheck(models, tmp_path / "c").equal


def test_another_tensorflow_is_noted(models: Path, monkeypatch: pytest.MonkeyPatch):
    class Later:
        __version__ = "9.9.0"

    monkeypatch.setattr(module, "import_tensorflow", Later)
    assert any("TensorFlow 2" in note and note.endswith("today's by 9.9.0") for note in recheck(models).notes)


# ---- scripts --------------------------------------------------------------------------------------------------------


@pytest.fixture
def record(tmp_path: Path, frozen_graph: bytes, monkeypatch: pytest.MonkeyPatch):
    """Records the proof of two scripts that write graphs `y = x + [w, w + 1]`; returns its file."""
    monkeypatch.setattr(comparing, "tensorflow1", lambda _: Interpreter(Path(sys.executable), "3.7.16", "1.15.5"))
    write_graphs(tmp_path, frozen_graph)

    def call(before: str, after: str | None = None, *args: str, **options) -> Path:
        write(tmp_path / "before.py", before)
        write(tmp_path / "after.py", before if after is None else after)
        file = tmp_path / "proof.json"
        scripts = (tmp_path / "before.py", tmp_path / "after.py")
        found = verify_scripts(*scripts, args, network=True, record=file, **options)
        assert found.equal
        assert found.notes[-1].startswith(f"recorded in {file} and proof.npz")
        return file

    return call


def write(path: Path, text: str) -> None:
    path.write_text(f"{HEADER}{text}\n")


def run(file: Path, after: Path | None = None, **options) -> ScriptComparison:
    found = recheck(file, after, network=True, **options)
    assert isinstance(found, ScriptComparison)
    return found


def test_a_script(record, tmp_path: Path):
    file = record("save(sys.argv[1], 2.0)", None, "{out}.pb")
    (tmp_path / "before.py").unlink()
    said: list[str] = []
    found = run(file, announce=said.append)
    assert found.equal
    assert [line.partition(" by ")[0] for line in said] == ["running AFTER"]
    assert f"{tmp_path / 'after.py'} {{out}}.pb" in said[0]
    assert found.before.interpreter.tensorflow == "1.15.5"
    assert [export.name for export in found.before.exports] == [export.name for export in found.after.exports]
    assert found.notes[0].startswith("BEFORE was not run: its answers were recorded on 2")


def test_a_script_that_exports_something_else_now(record, tmp_path: Path):
    file = record("save('g.pb', 2.0)")
    write(tmp_path / "after.py", "save('g.pb', 2.5)")
    found = run(file)
    assert found.status is Status.DIFFERENT
    assert found.pairs[0].comparisons[0].signatures[0].outputs[0].max_abs_error == pytest.approx(0.5)
    write(tmp_path / "other.py", "save('g.pb', 2.0)")
    assert run(file, tmp_path / "other.py").equal


def test_exports_that_are_more_or_less(record, tmp_path: Path):
    file = record("save('g.pb')\nsave('h.pb', 1.0)")
    write(tmp_path / "after.py", "save('g.pb')\nsave('i.pb', 1.0)")
    assert run(file).equal  # Paired by the order of writing, as verify does.
    write(tmp_path / "after.py", "save('h.pb', 1.0)")
    found = run(file)
    assert [pair.differences for pair in found.pairs] == [
        ("only BEFORE exports g.pb (frozen GraphDef): AFTER has nothing like it",),
        (),
    ]
    write(tmp_path / "after.py", "save('g.pb')\nsave('h.pb', 1.0)\nsave('i.pb')")
    assert run(file).pairs[2].differences == ("only AFTER exports i.pb (frozen GraphDef): BEFORE has nothing like it",)


def test_random_values_are_carried_where_they_are_still_random(record, tmp_path: Path):
    file = record("save('g.pb', draw())")
    found = run(file)
    assert found.equal
    assert [each.name for each in found.carried] == ["w"]
    write(tmp_path / "after.py", "save('g.pb', 7.0)")
    found = run(file)
    assert found.status is Status.DIFFERENT
    assert "was not carried: BEFORE's change from run to run, AFTER's do not" in found.pairs[0].notes[0]
    # Random still, but of another magnitude than the original's numbers.
    write(tmp_path / "after.py", "save('g.pb', 1e6 * draw())")
    assert run(file).status is Status.DIFFERENT


def test_a_script_that_fails_or_is_gone(record, tmp_path: Path):
    file = record("save('g.pb')")
    write(tmp_path / "after.py", "raise KeyError('so')")
    with pytest.raises(MigrateError, match=r"AFTER \(after.py\): it failed with exit code 1: KeyError: 'so'"):
        run(file)
    (tmp_path / "after.py").unlink()
    with pytest.raises(MigrateError, match=r"after.py is not there; name what stands for it now"):
        run(file)
    with pytest.raises(MigrateError, match=r"no.py: no such file; name a Python script"):
        run(file, tmp_path / "no.py")


def test_environment(record, tmp_path: Path):
    file = record("save('g.pb', float(os.environ.get('W', 1)))", environment={"W": "3"})
    assert "SECRET" not in file.read_text()
    assert run(file, environment={"W": "3"}).equal
    found = run(file)
    assert found.status is Status.DIFFERENT
    assert "recorded with --env W; now without" in found.notes


def test_what_is_not_equal_is_not_recorded(tmp_path: Path, record):
    record("save('g.pb', 2.0)")
    old = (tmp_path / "proof.json").read_bytes()
    with pytest.raises(AssertionError):
        record("save('g.pb', 2.0)", "save('g.pb', 3.0)")
    assert (tmp_path / "proof.json").read_bytes() == old


def test_given_samples_are_those_that_are_recorded(record):
    file = record("save('g.pb')", samples={"frozen_graph/x:0": np.array([2.0, 3.0], "f4")})
    assert run(file).pairs[0].comparisons[0].signatures[0].samples == ("samples",)
