import json
from pathlib import Path

import numpy as np
import pytest

from migrate.errors import MigrateError
from migrate.verify import verify_models
from migrate.verify.record import recorder as module
from migrate.verify.record.proof_file import read_proof
from migrate.verify.record.recorder import ExportRecorder, sha256_of
from migrate.verify.scripts.results import Carried, Export, ExportKind

pytestmark = pytest.mark.tensorflow


def test_two_models_that_are_equal(save, tmp_path: Path):
    a, b = save("a"), save("b")
    (tmp_path / "proofs").mkdir()
    found = verify_models(a, b, record=tmp_path / "proofs" / "p.json", seed=5)
    assert found.equal
    assert found.notes[-1].startswith(f"recorded in {tmp_path / 'proofs' / 'p.json'} and p.npz (")
    proof = read_proof(tmp_path / "proofs" / "p.json")
    assert (proof.scripts, proof.seed, proof.before.path, proof.after.path) == (False, 5, "../a", "../b")
    assert proof.before.sha256 == sha256_of(a / "saved_model.pb")
    (model,) = proof.exports[0].models
    assert model.meta_graph.signatures[0].key == "double"
    assert [call.sample.label for call in model.calls] == list(found.signatures[0].samples)
    for call in model.calls:
        np.testing.assert_array_equal(call.answer.parts["y"], 2 * call.sample.inputs["x"])  # type: ignore[union-attr]
    ((key, (output,)),) = model.proved
    assert (key, output.name, output.max_abs_error) == ("double", "y", 0.0)


def test_nothing_of_this_machine_is_in_it(save, tmp_path: Path):
    verify_models(save("a"), save("b"), record=tmp_path / "p.json")
    assert str(tmp_path) not in (tmp_path / "p.json").read_text()


def test_what_is_not_equal_is_not_recorded(save, tmp_path: Path):
    path = tmp_path / "p.json"
    found = verify_models(save("a"), save("b", by=3.0), record=path)
    assert found.notes == (f"not recorded in {path}: only what was proved equal can be checked again",)
    assert not path.exists()
    path.write_text("older")
    found = verify_models(tmp_path / "a", tmp_path / "b", record=path)
    assert found.notes[-1].endswith(f"; {path} is still the older proof")
    assert path.read_text() == "older"


def test_a_place_where_nothing_can_be_written_is_refused_at_once(tmp_path: Path):
    with pytest.raises(MigrateError, match=r"a proof is a .json file"):
        verify_models(tmp_path / "no", tmp_path / "no", record=tmp_path / "p.npz")


def test_weights_that_are_carried(save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    export = Export(ExportKind.SAVED_MODEL, "m", save("m"))
    carried = (Carried("by", "old/by", by_name=False),)
    recorder = ExportRecorder()
    recorder.carry(export, carried, {"by": 0.5})
    ((weight,), changes) = recorder.weights, [each.changes for each in recorder.weights]
    assert (weight.carried, weight.value.tolist(), changes) == (carried[0], 2.0, [0.5])
    monkeypatch.setattr(module, "MOST_BYTES", 3)
    with pytest.raises(
        MigrateError, match=r"m: not recorded: the values of 1 variables that start from random numbers"
    ):
        ExportRecorder().carry(export, carried, {"by": 0.5})


def test_the_file_is_json_with_all_that_matters(save, tmp_path: Path):
    verify_models(save("a"), save("b"), record=tmp_path / "p.json")
    data = json.loads((tmp_path / "p.json").read_text())
    assert [*data][:4] == ["tf_migrate_proof", "sha256", "arrays_sha256", "compared"]
    assert data["tolerances"]["float32"]["rtol"] == 1e-5
