"""A process that takes too much is killed, and what it worked on is passed over and said."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from migrate.batch.job import Job, Limits, Options
from migrate.batch.repository import Wanted, repositories
from migrate.batch.supervisor import Stopped, Supervisor
from tests.batch.trees import SCRIPT

# Takes the place of the rewriter in the worker: `sitecustomize` is imported when it starts.
SABOTAGE = """\
import os, time
from migrate import engine
Planner = engine.Planner
class Sabotaged(Planner):
    def result(self, *args):
        if "HANG" in self._text:
            time.sleep(600)
        if "DIE" in self._text:
            os._exit(7)
        if "EAT" in self._text:
            data = bytearray(400 << 20)
            data[::4096] = b"x" * len(data[::4096])
            time.sleep(600)
        return super().result(*args)
engine.Planner = Sabotaged
"""


@pytest.fixture
def tree(tmp_path, monkeypatch) -> Path:
    """A directory of scripts, with a worker that some words of theirs upset."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(SABOTAGE)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/good.py").write_text(SCRIPT)
    (tmp_path / "tree/last.py").write_text(SCRIPT)
    return tmp_path / "tree"


def job(tree: Path, **limits: float) -> Job:
    (one,) = repositories([Wanted(str(tree))])
    return Job(one, Options(limits=Limits(**limits)))  # type: ignore[arg-type]


def migrated(wanted: Job):
    supervisor = Supervisor()
    try:
        return supervisor.migrated(wanted)
    finally:
        supervisor.close()


@pytest.mark.parametrize(
    ("word", "limits", "said"),
    [
        ("HANG", {"file_seconds": 0.5}, "took longer than 0.5 s; passed over"),
        ("DIE", {}, r"the process that read it died \(exit code 7\); passed over"),
        ("EAT", {"memory_mib": 300}, "needed more than 300 MiB; passed over"),
    ],
)
def test_a_file_that_takes_too_much_is_passed_over(tree, word, limits, said):
    (tree / "bad.py").write_text(SCRIPT + f"# {word}\n")
    record = migrated(job(tree, **limits)).record
    assert record.error is None
    bad, good, last = record.files
    assert (bad.path, bad.changed) == ("bad.py", False)
    assert bad.error is not None
    assert re.fullmatch(said, bad.error)
    assert good.changed
    assert last.changed


def test_a_repository_that_takes_too_long_fails(tree):
    (tree / "bad.py").write_text(SCRIPT + "# HANG\n")
    record = migrated(job(tree, repository_seconds=0.8)).record
    assert record.error is not None
    assert record.error.startswith("took longer than 0.8 s")
    assert record.files == ()


def test_the_process_is_used_again(tree):
    supervisor = Supervisor()
    try:
        first = supervisor.migrated(job(tree))
        worker = supervisor._worker
        assert supervisor.migrated(job(tree)).record == first.record
        assert supervisor._worker is worker
    finally:
        supervisor.close()
    assert worker is not None
    assert worker.process.poll() is not None
    assert not worker.scratch.path.exists()


def test_nothing_is_imported_from_a_repository(tree):
    (tree / "networkx.py").write_text("raise SystemExit('imported')\n")
    (tree / "libcst").mkdir()
    (tree / "libcst/__init__.py").write_text("raise SystemExit('imported')\n")
    record = migrated(job(tree)).record
    assert [file.path for file in record.files if file.changed] == ["good.py", "last.py"]


def test_stopped_work_is_given_up(tree):
    (tree / "bad.py").write_text(SCRIPT + "# HANG\n")
    supervisor = Supervisor()

    def observe(path: str) -> None:
        if path == "bad.py":
            supervisor._stopped.set()

    with pytest.raises(Stopped):
        supervisor.migrated(job(tree), observe)
    assert supervisor._worker is None
