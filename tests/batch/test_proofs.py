"""What changes is run where that is asked for, and only what is proved equal is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.batch.job import Job, Options
from migrate.batch.proofs import proved
from migrate.batch.protocol import Started
from migrate.batch.repository import Wanted, repositories
from migrate.batch.work import migrate_repository
from migrate.results import Result
from migrate.verify.scripts import Proof
from tests.batch.trees import SCRIPT, repository
from tests.forked import warm_python

NEEDS_DATA = SCRIPT.replace("w = ", "open('data.bin').read()\nw = ")


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return [Result("a.py", "1", "2"), Result("b.py", "1", "1")]


def test_only_what_changes_is_run_and_not_from_the_directory_of_the_repository(results, monkeypatch, tmp_path):
    seen = []

    def prove(asked):
        seen.append(([one.path for one in asked], Path.cwd()))
        return iter([Proof("a.py", None, "BEFORE: it failed")])

    monkeypatch.setattr("migrate.verify.scripts.prove", prove)
    events: list[Started] = []
    verdicts: dict[str, str] = {}
    after = list(proved(results, events.append, verdicts))
    ((asked, here),) = seen
    assert asked == [str(tmp_path / "a.py")]
    assert here != tmp_path
    assert events == [Started("a.py", timed=False), Started("")]
    assert verdicts == {"a.py": "not proved: BEFORE: it failed"}
    assert [(one.path, one.changed, one.error) for one in after] == [
        ("a.py", False, "not proved: BEFORE: it failed"),
        ("b.py", False, None),
    ]


def test_where_it_ran_is_not_said(results, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = f"no such file: '{tmp_path}/tf-migrate-abc123/before/work/x.bin' in {tmp_path}/tf-migrate-abc123/after-again/work"
    monkeypatch.setattr("migrate.verify.scripts.prove", lambda _: iter([Proof("a.py", None, said)]))
    verdicts: dict[str, str] = {}
    list(proved(results, lambda _: None, verdicts))
    assert verdicts == {"a.py": "not proved: no such file: 'x.bin' in "}


@pytest.mark.slow
@pytest.mark.tensorflow
def test_scripts_of_a_commit_are_proved_with_the_files_beside_them(tmp_path, monkeypatch):
    monkeypatch.setenv("TF1_PYTHON", str(warm_python()))
    source = repository(tmp_path / "source", {"a.py": NEEDS_DATA, "data.bin": b"x" * 5000})
    (one,) = repositories([Wanted(f"file://{source}")])
    done = migrate_repository(Job(one, Options(verify=True)), lambda _: None, {})
    assert done.record.error is None
    (file,) = done.record.files
    assert (file.changed, file.error, file.verified) == (True, None, "equal: 1 export")
    assert b"a/a.py" in done.patch
