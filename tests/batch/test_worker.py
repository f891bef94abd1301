"""The process that works ends with what started it, and leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from migrate.batch.job import Job, Options
from migrate.batch.protocol import Started, Task, receive, send
from migrate.batch.record import Migrated
from migrate.batch.repository import Wanted, repositories
from migrate.batch.scratch import Scratch
from tests.batch.trees import SCRIPT

ROOT = Path(__file__).parents[2]
# Stays at work, with a program that it has started.
HANG = """\
import subprocess, time
from migrate import engine
class Hanging(engine.Planner):
    def result(self, *args):
        subprocess.Popen(["sleep", "600"])
        time.sleep(600)
engine.Planner = Hanging
"""


@pytest.fixture
def task(tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a.py").write_text(SCRIPT)
    (one,) = repositories([Wanted(str(tmp_path / "tree"))])
    return Task(Job(one, Options()), {})


def worker(tmp_path, scratch):
    path = os.pathsep.join((str(tmp_path / "site"), str(ROOT)))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "migrate.batch.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(scratch.path)}, start_new_session=True,
    )  # fmt: skip


def test_it_says_what_it_begins_and_what_came_out(tmp_path, task):
    scratch = Scratch()
    with worker(tmp_path, scratch) as process:
        send(process.stdin, task)
        assert receive(process.stdout) == Started("a.py")
        assert receive(process.stdout) == Started("")
        done = receive(process.stdout)
        assert isinstance(done, Migrated)
        assert done.record.files[0].changed
        process.stdin.close()
        assert process.wait(30) == 0
    assert not scratch.path.exists()


def test_in_the_middle_of_its_work_it_ends_with_its_supervisor(tmp_path, task):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(HANG)
    scratch = Scratch()
    with worker(tmp_path, scratch) as process:
        send(process.stdin, task)
        assert receive(process.stdout) == Started("a.py")
        time.sleep(0.5)
        process.stdin.close()
        assert process.wait(30) == 0
        # The pipe is open as long as anything that was started has it.
        assert process.stdout.read() == b""
    assert not scratch.path.exists()
