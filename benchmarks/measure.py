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
    from collections.abc import Callable, Collection, Iterable, Sequence

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
        private_mb: The same without pages of files, which the kernel takes away when it needs them; sampled in a run
            of its own, and None where it was not asked for.
    """

    model: str
    command: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    private_mb: float | None = None


def measure(
    model: str,
    command: str,
    arguments: Sequence[str | Path],
    runs: int = 1,
    *,
    prepare: Callable[[], object] = lambda: None,
    codes: Collection[int] = (0,),
    private: bool = False,
) -> Measured:
    """Runs a command.

    Args:
        model: What it is run on.
        command: What it is called.
        arguments: The command line.
        runs: How often.
        prepare: Is called before each run, and not measured.
        codes: The exit codes of success.
        private: Whether to run it once more for its private memory.

    Raises:
        SystemExit: It failed; its last words are shown.
    """
    found = []
    for run in range(runs + private):
        prepare()
        with tempfile.TemporaryFile() as said:
            started = time.perf_counter()
            process = subprocess.Popen(list(map(str, arguments)), env=_environment(), stdout=said, stderr=said)
            most = _most_private(process.pid) if run == runs else None
            # Not resource.getrusage(RUSAGE_CHILDREN), which knows only the largest of all children.
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in codes:
                said.seek(0)
                raise SystemExit(f"{model}: {command} failed:\n{said.read().decode(errors='replace')[-2000:]}")
        cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6
        found.append(Measured(model, command, seconds, cpu, peak, most))
    best = min(found[:runs], key=lambda each: each.seconds)
    peak = max(each.peak_mb for each in found)
    return Measured(model, command, best.seconds, best.cpu_seconds, peak, found[-1].private_mb)


def _environment() -> dict[str, str]:
    """Modules are compiled once, as in an installed package, also where the shell says otherwise."""
    given = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**given, "PYTHONPATH": str(REPOSITORY), "TF_CPP_MIN_LOG_LEVEL": "3"}


def _most_private(process: int) -> float:
    """The most anonymous memory that a process has at a time, in MB; looked at every few milliseconds until it ends."""
    most = 0
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        status = Path(f"/proc/{process}/status").read_text()
        most = max(most, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)
        time.sleep(0.002)
    return most * 1024 / 1e6


def print_table(measured: Iterable[Measured], base: str) -> None:
    """Prints a Markdown table with ratios to one of the commands, and the same as JSON in the last line."""
    rows = list(measured)
    bases = {each.model: each for each in rows if each.command == base}
    private = any(each.private_mb is not None for each in rows)
    columns = ["time", "CPU time", "peak memory", *(["of it private"] if private else [])]
    columns += [f"time / {base}", f"CPU / {base}", f"memory / {base}"]
    print(f"| model | command | {' | '.join(columns)} |")
    print(f"|---|---|{'---:|' * len(columns)}")
    for each in rows:
        other = bases[each.model]
        figures = [_seconds(each.seconds), _seconds(each.cpu_seconds), f"{each.peak_mb:.0f} MB"]
        if private:
            figures.append("" if each.private_mb is None else f"{each.private_mb:.0f} MB")
        for what in ("seconds", "cpu_seconds", "peak_mb"):
            figures.append(f"{getattr(each, what) / getattr(other, what):.2g}")
        print(f"| {each.model} | {each.command} | {' | '.join(figures)} |")
    print(json.dumps({"version": 1, "load": os.getloadavg()[0], "measured": [asdict(each) for each in rows]}))


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
