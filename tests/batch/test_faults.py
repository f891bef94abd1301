"""The tool is killed at random moments, and gone on with: what comes out is what comes out undisturbed."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.batch.trees import SCRIPT, repository

ROOT = Path(__file__).parents[2]


def tool(tmp_path, *args):
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "tmp")}
    command = [sys.executable, "-m", "migrate", "batch", *args, "--jobs", "2", "--quiet"]
    return subprocess.Popen(command, env=variables, stdin=subprocess.DEVNULL)


def contents(out):
    kinds = ("patches", "records", "bundles")
    return {str(p.relative_to(out)): p.read_bytes() for kind in kinds for p in (out / kind).glob("*")}


def options(out):
    """Whether a run has begun in a directory."""
    if not (out / "state.sqlite").exists():
        return False
    connection = sqlite3.connect(out / "state.sqlite")
    try:
        return connection.execute("SELECT 1 FROM run WHERE key = 'options'").fetchone() is not None
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()


def done(out):
    """How many repositories of a run are done."""
    if not options(out):
        return -1
    connection = sqlite3.connect(out / "state.sqlite")
    try:
        return connection.execute("SELECT count(*) FROM repository WHERE status = 'done'").fetchone()[0]
    except sqlite3.OperationalError:
        return -1
    finally:
        connection.close()


def is_killed(process, out, wanted, chance):
    """Kills a run soon after some repositories are done; whether it had not come to its end before."""
    while process.poll() is None and done(out) < wanted:
        time.sleep(0.01)
    try:
        process.wait(chance.uniform(0.0, 0.2))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


@pytest.mark.slow
def test_a_tool_that_is_killed_loses_nothing_and_does_nothing_twice(tmp_path):
    (tmp_path / "tmp").mkdir()
    for number in range(8):
        repository(tmp_path / f"r{number}", {"a.py": SCRIPT + f"# {number}\n", "b.py": "print(1)\n"})
    addresses = [f"file://{tmp_path}/r{number}" for number in range(8)]
    branch = ("--branch", "moved")
    assert tool(tmp_path, *addresses, *branch, "--out", str(tmp_path / "expected")).wait() == 0
    out = tmp_path / "out"
    chance = random.Random(7)
    kills = 0
    # Each time some more are done, however fast this machine is: the first time as soon as the run has begun.
    for wanted in (0, 2, 4):
        args = ("--resume",) if options(out) else (*addresses, *branch)
        kills += is_killed(tool(tmp_path, *args, "--out", str(out)), out, wanted, chance)
    assert tool(tmp_path, "--resume", "--out", str(out)).wait() == 0
    assert kills
    assert contents(out) == contents(tmp_path / "expected")
    connection = sqlite3.connect(out / "state.sqlite")
    assert connection.execute("SELECT DISTINCT attempts, status FROM repository").fetchall() == [(1, "done")]
    connection.close()
