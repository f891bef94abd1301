"""All that a process has started is found, and killed with it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from migrate.batch.processes import descendants, kill_all, resident

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not tell")

# Starts a process in a session of its own, which starts another, and says both numbers.
FAMILY = """\
import subprocess, sys, time
code = "import subprocess, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True)
print(child.pid, child.stdout.readline(), flush=True)
time.sleep(600)
"""


def is_alive(pid):
    """Whether a process runs; who takes in orphans may not have waited for it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_family_is_found_and_killed():
    process = subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    child, grandchild = map(int, process.stdout.readline().split())
    assert set(descendants(process.pid)) == {child, grandchild}
    assert resident(process.pid) > 1 << 20
    kill_all(process.pid)
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 30
    while any(map(is_alive, (child, grandchild))):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_of_a_process_that_is_gone_there_is_nothing():
    process = subprocess.Popen(["true"])
    process.wait()
    assert descendants(process.pid) == ()
    assert resident(process.pid) == 0
    kill_all(process.pid)
