"""Temporary directories go with the process that has them, or with the next run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrate.batch.scratch import Scratch, sweep

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def old(path):
    os.utime(path, (0, 0))


def test_what_is_in_use_stays(place):
    scratch = Scratch()
    (scratch.path / "file").write_text("x")
    old(scratch.path)
    sweep()
    assert (scratch.path / "file").exists()
    scratch.remove()
    assert list(place.iterdir()) == []


def test_what_a_process_left_that_was_killed_goes(place):
    code = "import os; from migrate.batch.scratch import Scratch; Scratch(); os.kill(os.getpid(), 9)"
    subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(ROOT)}, check=False
    )
    (left,) = place.iterdir()
    sweep()
    assert left.exists(), "it is too young to be sure"
    old(left)
    sweep()
    assert not left.exists()


def test_what_somebody_had_begun_to_remove_goes(place):
    (place / "tf-migrate-batch-x/d").mkdir(parents=True)
    sweep()
    assert list(place.iterdir())
    old(place / "tf-migrate-batch-x")
    sweep()
    assert not list(place.iterdir())


def test_what_is_of_others_stays(place):
    (place / "other").mkdir()
    (place / "target").mkdir()
    (place / "target/lock").write_text("")
    (place / "tf-migrate-batch-link").symlink_to(place / "target")
    old(place / "target")
    os.utime(place / "tf-migrate-batch-link", (0, 0), follow_symlinks=False)
    sweep()
    assert {path.name for path in place.iterdir()} == {"other", "target", "tf-migrate-batch-link"}
    assert (place / "target/lock").exists()
