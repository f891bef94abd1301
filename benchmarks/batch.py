"""What batch runs cost: the prefilter, the rewrite, a second process, and memory by the number of files and repositories.

    python benchmarks/batch.py TREE... [--only prefilter|rewrite|jobs|memory]

TREEs are directories of Python code; each counts as a repository. CPU seconds say more than wall clock where others use
the machine, too. The last line is the same as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus_speed import measure_speed
from measure import REPOSITORY, TF_MIGRATE

from migrate.paths import rewrite_paths
from migrate.settings import Settings
from migrate.source.files import EXPORT_WORDS
from migrate.source.walk import SKIPPED

# Each says its CPU seconds without imports and the bytes that it read.
_PREFILTER = """
import sys, time
from pathlib import Path
import pathspec
from migrate.batch.regular import read_regular
from migrate.source.files import may_export
from migrate.source.walk import find_files
started = time.process_time()
size = files = found = 0
for tree in sys.argv[1:]:
    for one in find_files([Path(tree)]):
        if one.error is None:
            data = read_regular(one.path, 1 << 30)
            size += len(data)
            files += 1
            found += may_export(data)
print(time.process_time() - started, size, files, found)
"""
_ONE_REPOSITORY = """
import resource, sys
from migrate.batch.job import Job, Options
from migrate.batch.repository import Repository
from migrate.batch.work import migrate_repository
done = migrate_repository(Job(Repository("r", sys.argv[1]), Options()), lambda _: None, {})
assert done.record.error is None
print(done.record.python_files, done.seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        about: What was measured.
        what: Of what.
        cpu_seconds: User and system; None where it does not count.
        seconds: Wall clock; None where it does not count.
        memory_mb: The most at a time; None where it does not count.
        note: What follows from it.
    """

    about: str
    what: str
    cpu_seconds: float | None = None
    seconds: float | None = None
    memory_mb: float | None = None
    note: str = ""


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trees", type=Path, nargs="+", metavar="TREE")
    measures = {"prefilter": prefilter, "rewrite": rewrite, "jobs": jobs, "memory": memory}
    parser.add_argument("--only", choices=tuple(measures))
    options = parser.parse_args()
    trees = [tree.resolve(strict=True) for tree in options.trees]
    rows: list[Row] = []
    print("| measured | of | CPU | wall clock | memory | |\n|---|---|---:|---:|---:|---|")
    for name, measured in measures.items():
        if options.only in (None, name):
            for row in measured(trees):
                rows.append(row)
                cells = (_seconds(row.cpu_seconds), _seconds(row.seconds), _megabytes(row.memory_mb))
                print(f"| {row.about} | {row.what} | {' | '.join(cells)} | {row.note} |", flush=True)
    print(json.dumps({"version": 1, "load": os.getloadavg()[0], "measured": [asdict(row) for row in rows]}))


def prefilter(trees: list[Path]) -> list[Row]:
    """Telling which files may export, beside `grep -rl` and, where there is one, `rg -l`; files cached before."""
    seconds, size, files, found = map(float, _python(_PREFILTER, *map(str, trees)).split())
    seconds = min(seconds, float(_python(_PREFILTER, *map(str, trees)).split()[0]))
    rows = [Row("prefilter", f"{files:.0f} files", seconds, note=f"{_rate(size, seconds)}, {found:.0f} may export")]
    words = "|".join(word.decode() for word in EXPORT_WORDS)
    left = [f"--exclude-dir={name}" for name in sorted(SKIPPED)]
    others = {"grep -rlE": ["grep", "-rlE", "--include=*.py", *left, words]}
    if shutil.which("rg"):
        others["rg -l"] = ["rg", "-l", "--threads=1", "--type=py", words]
    for name, command in others.items():
        cpu, _ = min(_command([*command, *map(str, trees)], codes=(0, 1)) for _ in range(2))
        rows.append(
            Row(name, f"{files:.0f} files", cpu, note=f"{_rate(size, cpu)}; prefilter / this {seconds / cpu:.1f}")
        )
    return rows


def rewrite(trees: list[Path]) -> list[Row]:
    """Rewriting, beside tf_upgrade_v2, both without imports: whole trees, and those files alone that change."""
    whole_files = changed_files = 0
    cpu = {"tf-migrate": [0.0, 0.0], "tf_upgrade_v2": [0.0, 0.0]}
    for tree in trees:
        changed = [result.path for result in rewrite_paths([tree], Settings()) if result.changed]
        speed = measure_speed(tree, changed)
        whole_files += speed.whole.files
        changed_files += speed.changed.files
        for number, pair in enumerate((speed.whole, speed.changed)):
            cpu["tf-migrate"][number] += pair.rewrite
            cpu["tf_upgrade_v2"][number] += pair.upgrade
    return [
        Row(f"{name}, {kind}", f"{count} files", seconds[number], note=f"{count / seconds[number]:.1f} files/s")
        for number, (kind, count) in enumerate((("whole trees", whole_files), ("files that change", changed_files)))
        for name, seconds in cpu.items()
        if seconds[number]
    ]


def jobs(trees: list[Path]) -> list[Row]:
    """A run with one process and with two; efficiency 1 is half the time."""
    rows = []
    for count in (1, 2):
        with tempfile.TemporaryDirectory() as place:
            out = str(Path(place, "out"))
            names = list(map(str, trees))
            cpu, seconds = _command(
                [*TF_MIGRATE, "batch", *names, "--out", out, "--jobs", str(count), "-q"], codes=(0, 1)
            )
        rows.append(Row("batch", f"{len(trees)} repositories, --jobs {count}", cpu, seconds))
    one, two = rows
    assert one.cpu_seconds and two.cpu_seconds and one.seconds and two.seconds
    note = (
        f"efficiency {one.seconds / two.seconds / 2:.2f} by wall clock; CPU of --jobs 1 / --jobs 2 "
        f"{one.cpu_seconds / two.cpu_seconds:.2f}; CPUs in use: {two.cpu_seconds / two.seconds:.2f} of 2, "
        f"and {one.cpu_seconds / one.seconds:.2f} of 1"
    )
    return [one, Row(two.about, two.what, two.cpu_seconds, two.seconds, note=note)]


def memory(_: list[Path]) -> list[Row]:
    """The most memory by the number of files of one repository, and by that of repositories."""
    rows = []
    with tempfile.TemporaryDirectory() as place:
        for count in (1_000, 100_000):
            tree = Path(place, f"files{count}")
            for number in range(count):
                directory = tree / f"d{number // 100}"
                if number % 100 == 0:
                    directory.mkdir(parents=True)
                (directory / f"f{number}.py").write_bytes(b"x = 1\n")
            files, seconds, peak = map(float, _python(_ONE_REPOSITORY, str(tree)).split())
            rows.append(Row("one repository", f"{files:.0f} files", None, seconds, peak / 1e6))
            shutil.rmtree(tree)
        for count in (10, 1_000):
            rows.append(_repositories(Path(place), count))
    return rows


def _repositories(place: Path, count: int) -> Row:
    """The memory of the tool itself, without its processes."""
    listed = place / "list.txt"
    for number in range(count):
        (place / f"repositories/r{number}").mkdir(parents=True, exist_ok=True)
        (place / f"repositories/r{number}/a.py").write_bytes(b"x = 1\n")
    listed.write_text("".join(f"{place}/repositories/r{number}\n" for number in range(count)))
    command = [*TF_MIGRATE, "batch", "--from", str(listed), "--out", str(place / f"out{count}"), "--jobs", "1", "-q"]
    started = time.perf_counter()
    process = subprocess.Popen(command, env=_environment(), stdout=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        text = Path(f"/proc/{process.pid}/status").read_text() if process.returncode is None else ""
        most = max(most, *(int(size) for size in re.findall(r"VmHWM:\s+(\d+)", text)), 0)
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit("the run fails")
    return Row("the tool", f"{count} repositories", None, time.perf_counter() - started, most * 1024 / 1e6)


def _command(command: list[str], codes: tuple[int, ...] = (0,)) -> tuple[float, float]:
    """The CPU seconds of a command with all that it starts, and its seconds."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise SystemExit(f"{' '.join(command[:4])} fails")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - started


def _python(code: str, *args: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *args], env=_environment(), stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


def _environment() -> dict[str, str]:
    given = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**given, "PYTHONPATH": str(REPOSITORY), "TF_CPP_MIN_LOG_LEVEL": "3"}


def _rate(size: float, seconds: float) -> str:
    return f"{size / seconds / 1e6:.0f} MB/s"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} s"


def _megabytes(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} MB"


if __name__ == "__main__":
    main()
