from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.results import Result
from migrate.verify.scripts import rewritten
from migrate.verify.scripts.rewritten import prove


def result(path: Path, before: str, after: str) -> Result:
    path.write_text(before)
    return Result(str(path), before, after)


def test_each_changed_file_is_proved_with_both_of_its_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    calls = []

    def verify(before, after, args, **options):
        calls.append((before, after, list(args), options["before_text"], options["after_text"]))
        if "bad" in before:
            raise MigrateError("BEFORE (bad.py): it failed")

    monkeypatch.setattr(rewritten, "verify_scripts", verify)
    results = [
        result(tmp_path / "a.py", "old", "new"),
        result(tmp_path / "same.py", "old", "old"),
        result(tmp_path / "bad.py", "1", "2"),
    ]
    proofs = list(prove(results, ["--x"]))
    assert calls[0] == (str(tmp_path / "a.py"), str(tmp_path / "a.py"), ["--x"], b"old", b"new")
    assert [Path(proof.path).name for proof in proofs] == ["a.py", "bad.py"]
    assert (proofs[1].comparison, proofs[1].error, proofs[1].equal) == (None, "BEFORE (bad.py): it failed", False)


def test_a_file_that_has_changed_meanwhile_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rewritten, "verify_scripts", None)
    changed, gone = result(tmp_path / "a.py", "old", "new"), result(tmp_path / "b.py", "old", "new")
    (tmp_path / "a.py").write_text("other")
    (tmp_path / "b.py").unlink()
    first, second = prove([changed, gone])
    assert "changed while it was being rewritten" in first.error
    assert second.error == "No such file or directory"
