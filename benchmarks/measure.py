"""Runs commands one after the other, each in a process of its own, and says how long they took and how much memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

REPOSITORY = Path(__file__).parents[1]
TF_MIGRATE = (sys.executable, "-m", "migrate")
LOAD = "import sys, tensorflow as tf; tf.saved_model.load(sys.argv[1], tags=['serve'])"
IMPORT = (sys.executable, "-c", "import tensorflow")


@dataclass(frozen=True, slots=True)
class Measured:
    """One command's figures: those of its fastest run, and the most memory of any.

    Attributes:
        model: What it was run on.
        command: What it is called in the table.
        seconds: Wall clock.
        cpu_seconds: User and system.
        peak_mb: The most memory it had at a time (`ru_maxrss`), in MB of 10^6 bytes.
    """

    model: str
    command: str
    seconds: float
    cpu_seconds: float
    peak_mb: float


def measure(model: str, command: str, arguments: Sequence[str | Path], runs: int = 1) -> Measured:
    """Runs a command.

    Raises:
        SystemExit: It failed; its last words are shown.
    """
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TF_CPP_MIN_LOG_LEVEL": "3"}
    found = []
    for _ in range(runs):
        with tempfile.TemporaryFile() as said:
            started = time.perf_counter()
            process = subprocess.Popen(list(map(str, arguments)), env=environment, stdout=said, stderr=said)
            # Not resource.getrusage(RUSAGE_CHILDREN), which knows only the largest of all children.
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                raise SystemExit(f"{model}: {command} failed:\n{said.read().decode(errors='replace')[-2000:]}")
        found.append(Measured(model, command, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6))
    best = min(found, key=lambda each: each.seconds)
    return Measured(model, command, best.seconds, best.cpu_seconds, max(each.peak_mb for each in found))


def print_table(measured: Iterable[Measured], base: str) -> None:
    """Prints a Markdown table with ratios to one of the commands, and the same as JSON in the last line."""
    rows = list(measured)
    bases = {each.model: each for each in rows if each.command == base}
    print(f"| model | command | time | CPU time | peak memory | time / {base} | memory / {base} |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for each in rows:
        other = bases[each.model]
        print(
            f"| {each.model} | {each.command} | {each.seconds:.1f} s | {each.cpu_seconds:.1f} s | "
            f"{each.peak_mb:.0f} MB | {each.seconds / other.seconds:.2f} | {each.peak_mb / other.peak_mb:.2f} |"
        )
    print(json.dumps({"version": 1, "load": os.getloadavg()[0], "measured": [asdict(each) for each in rows]}))
