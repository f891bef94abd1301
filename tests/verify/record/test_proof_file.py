import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from recorded import same

from migrate.errors import MigrateError
from migrate.verify.record import proof_file as module
from migrate.verify.record.proof import Proof, RecordedWeight
from migrate.verify.record.proof_file import check_target, read_proof, write_proof
from migrate.verify.scripts.results import Carried


@pytest.fixture
def file(tmp_path: Path, proof: Proof) -> Path:
    write_proof(tmp_path / "proof.json", proof)
    return tmp_path / "proof.json"


def test_round_trip(file: Path, proof: Proof):
    assert same(read_proof(file), proof)
    assert sorted(each.name for each in file.parent.iterdir()) == ["proof.json", "proof.npz"]
    size = write_proof(file, proof)
    assert size == sum(each.stat().st_size for each in file.parent.iterdir())


def test_the_same_proof_gives_the_same_bytes_in_lines_that_can_be_read(file: Path, proof: Proof):
    before = [each.read_bytes() for each in sorted(file.parent.iterdir())]
    write_proof(file, proof)
    assert [each.read_bytes() for each in sorted(file.parent.iterdir())] == before
    lines = file.read_text().splitlines()
    assert '       "inputs": {"x": "float32[3] #2"},' in lines
    assert max(map(len, lines)) <= 111


def test_other_line_breaks_change_nothing(file: Path, proof: Proof):
    file.write_text(json.dumps(json.loads(file.read_text()), indent=8).replace("\n", "\r\n"))
    assert same(read_proof(file), proof)


def test_both_files_may_be_renamed_together(file: Path, proof: Proof):
    (file.parent / "proof.npz").rename(file.parent / "other.npz")
    assert same(read_proof(file.rename(file.parent / "other.json")), proof)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", r"not a proof: no JSON"),
        ("version https://git-lfs.github.com/spec/v1\n", r"not a proof: no JSON"),
        ("[" * 100_000, r"not a proof: no JSON"),
        ("[1]", r"not a proof: tf-migrate verify --record writes proofs"),
        ('{"version": 1}', r"not a proof: tf-migrate verify --record"),
        ('{"tf_migrate_proof": 2}', r"a proof of version 2; this tf-migrate reads version 1"),
        ('{"tf_migrate_proof": 1}', r"was changed after it was recorded"),
    ],
)
def test_a_foreign_or_broken_file_is_one_line(file: Path, content: str, said: str):
    file.write_text(content)
    with pytest.raises(MigrateError, match=said) as error:
        read_proof(file)
    assert str(error.value).startswith(f"{file}: ")
    assert "\n" not in str(error.value)


def test_no_text(file: Path):
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MigrateError, match="not a proof: no JSON"):
        read_proof(file)


def test_a_changed_number_is_noticed(file: Path):
    file.write_text(file.read_text().replace('"rows": 3', '"rows": 4'))
    with pytest.raises(MigrateError, match=r"proof.json: was changed after it was recorded"):
        read_proof(file)


def test_a_document_of_another_form_is_one_line(file: Path):
    body = {"arrays_sha256": json.loads(file.read_text())["arrays_sha256"], "compared": "scripts"}
    file.write_text(json.dumps({"tf_migrate_proof": 1, "sha256": module._checksum(body), **body}))
    with pytest.raises(MigrateError, match=r"not a whole proof \(KeyError: 'date'\); record it anew"):
        read_proof(file)


def test_missing_and_other_arrays(file: Path, proof: Proof):
    beside = file.with_suffix(".npz")
    beside.write_bytes(beside.read_bytes() + b"\n")
    with pytest.raises(MigrateError, match=r"proof.npz: not the arrays that belong to .*proof.json"):
        read_proof(file)
    beside.unlink()
    with pytest.raises(MigrateError, match=r"proof.npz: cannot read the proof: No such file"):
        read_proof(file)
    with pytest.raises(MigrateError, match=r"no.json: cannot read the proof: No such file"):
        read_proof(file.with_name("no.json"))


def test_a_proof_that_is_too_large_is_not_written(tmp_path: Path, proof: Proof, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_BYTES", 2 << 20)
    weight = RecordedWeight(Carried("w", "w", True), np.zeros(3 << 20, "u1"))
    large = replace(proof, exports=(replace(proof.exports[0], weights=(weight,)),))
    with pytest.raises(
        MigrateError, match=r"would hold 3 MB \(3 MB of them weights .* more than 2 MB; compare smaller"
    ):
        write_proof(tmp_path / "p.json", large)
    assert not list(tmp_path.iterdir())


def test_values_that_cannot_be_kept(tmp_path: Path, proof: Proof):
    weight = RecordedWeight(Carried("w", "w", True), np.array([None]))
    with pytest.raises(MigrateError, match=r"p.json: equal, but not recorded: values that are neither numbers"):
        write_proof(
            tmp_path / "p.json", replace(proof, exports=(replace(proof.exports[0], weights=(weight,)),))
        )  # fmt: skip


def test_where_a_proof_can_be_written(tmp_path: Path):
    assert check_target(str(tmp_path / "p.json")) == tmp_path / "p.json"
    with pytest.raises(MigrateError, match=r"a proof is a .json file"):
        check_target(tmp_path / "p.npz")
    with pytest.raises(MigrateError, match=r"no is no directory"):
        check_target(tmp_path / "no" / "p.json")
    (tmp_path / "d.json").mkdir()
    with pytest.raises(MigrateError, match=r"is a directory"):
        check_target(tmp_path / "d.json")
