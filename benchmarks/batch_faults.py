"""Kills a batch run again and again at random moments, goes on with it, and compares with an undisturbed one.

    python benchmarks/batch_faults.py SOURCES [--repositories 30] [--kills 100]

SOURCES is a directory of directories of Python files; a git repository with one commit is made of each. A kill is
SIGKILL of the tool alone; its processes have to notice. What is compared: patches and records, byte for byte, and that no
process and no temporary directory is left. Prints one line of JSON in the end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from migrate.batch.scratch import sweep

REPOSITORY = Path(__file__).parents[1]
_KEPT = ("patches", "records")


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out.

    Attributes:
        repositories: How many there are.
        kills: How often the tool was killed while it worked.
        begun: How many of them left the directory without a run, as they came before there was one.
        rounds: How often the run came to its end; after each it was begun anew.
        equal: In how many of them the outputs were those of the undisturbed run.
        twice: Repositories that were kept more than once.
        processes: Processes that were left over.
        directories: Temporary directories that were left over, and that the next run would not remove.
        undisturbed_seconds: What a run takes that nobody kills.
    """

    repositories: int
    kills: int
    begun: int
    rounds: int
    equal: int
    twice: int
    processes: int
    directories: int
    undisturbed_seconds: float


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", type=Path)
    parser.add_argument("--repositories", type=int, default=30)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as place:
        # What the tool leaves in its temporary directory is looked for there.
        (Path(place) / "tmp").mkdir()
        addresses = make_repositories(options.sources, Path(place) / "repositories", options.repositories)
        figures = measure(addresses, Path(place), options.kills, random.Random(options.seed))
    print(json.dumps(asdict(figures)))
    raise SystemExit(int(figures.equal < figures.rounds or figures.twice > 0))


def make_repositories(sources: Path, into: Path, count: int) -> list[str]:
    """Git repositories with a commit each, and their addresses."""
    person = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
    found = []
    for source in sorted(path for path in sources.iterdir() if path.is_dir())[:count]:
        target = into / source.name
        ignored = shutil.ignore_patterns(".git")
        shutil.copytree(source, target, symlinks=True, ignore=ignored)
        for args in (("init", "-q"), ("add", "-A", "-f"), (*person, "commit", "-q", "--allow-empty", "-m", "base")):
            subprocess.run(("git", *args), cwd=target, check=True)
        found.append(f"file://{target}")
    return found


def measure(addresses: list[str], place: Path, kills: int, chance: random.Random) -> Figures:
    """Kills until it was done often enough."""
    expected = place / "expected"
    started = time.monotonic()
    if _tool(place, *addresses, "--out", str(expected)).wait():
        raise SystemExit("the undisturbed run fails")
    seconds = time.monotonic() - started
    done = begun = rounds = equal = twice = 0
    out = place / "out"
    while done < kills or (out / "state.sqlite").exists():
        there = (out / "state.sqlite").exists() and _began(out)
        process = _tool(place, *(("--resume",) if there else addresses), "--out", str(out))
        if done < kills and _killed(process, chance.uniform(0, seconds / 2)):
            done += 1
            begun += not (out / "state.sqlite").exists() or not _began(out)
            print(f"{done} kills, {len(list(out.glob('records/*')))} done", file=sys.stderr)
            continue
        if process.wait():
            raise SystemExit("a run fails that was gone on with")
        rounds += 1
        equal += contents(out) == contents(expected)
        twice += _twice(out)
        shutil.rmtree(out)
    time.sleep(5)
    left = _leftovers(place / "tmp")
    return Figures(
        len(addresses), done, begun, rounds, equal, twice, _processes(place), len(left), round(seconds, 1)
    )  # fmt: skip


def contents(out: Path) -> dict[str, bytes]:
    """What a run gave for its repositories."""
    return {str(path.relative_to(out)): path.read_bytes() for kind in _KEPT for path in sorted((out / kind).glob("*"))}


def _tool(place: Path, *args: str) -> subprocess.Popen[bytes]:
    variables = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(place / "tmp"), "FAULTS": str(place)}
    command = [sys.executable, "-m", "migrate", "batch", *args, "--jobs", "2", "--quiet"]
    return subprocess.Popen(command, env=variables, stdin=subprocess.DEVNULL)


def _killed(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Kills it after some time; false where it came to its end before."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL
    return False


def _began(out: Path) -> bool:
    return bool(_asked(out, "SELECT COUNT(*) FROM run WHERE key = 'options'"))


def _twice(out: Path) -> int:
    return _asked(out, "SELECT COUNT(*) FROM repository WHERE attempts != 1")


def _leftovers(directory: Path) -> list[Path]:
    """Temporary directories that the next run, a minute later, would not remove either."""
    for path in directory.iterdir():
        os.utime(path, (0, 0))
    tempfile.tempdir = str(directory)
    sweep()
    return list(directory.iterdir())


def _asked(out: Path, query: str) -> int:
    import sqlite3

    connection = sqlite3.connect(out / "state.sqlite")
    try:
        return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # killed before there was a table
        return 0
    finally:
        connection.close()


def _processes(place: Path) -> int:
    """Processes that the tool started and left behind."""
    mark = f"FAULTS={place}".encode()
    found = 0
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            found += mark in file.read_bytes().split(b"\0")
        except OSError:
            continue
    return found


if __name__ == "__main__":
    main()
