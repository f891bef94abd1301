"""Made-up states of batch runs, for the tests of their reports."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

from migrate.batch.job import Options
from migrate.batch.options_json import to_json
from migrate.batch.outputs import record_dict
from migrate.batch.record import FileRecord, Record
from migrate.batch.repository import Repository
from migrate.batch.state import State, Status
from migrate.results import Finding, Level, Refusal, Site


def site(level: Level, rule: str, reason: str | None = None, *, line: int = 7, findings=()) -> Site:
    """A site; what it says of the level native is its reason."""
    refusals = (Refusal(Level.NATIVE, "native", "TFM101", reason),) if reason is not None else ()
    return Site(rule, "builder", line, 5, level, "is exported", reason, refusals=refusals, findings=findings)


NATIVE = site(Level.NATIVE, "TFM001", findings=(Finding("TFM004", 9, 1, "a method name is restored", Level.NATIVE),))
BRIDGED = site(Level.BRIDGED, "TFM301", "the graph comes from elsewhere (line 3)")
FLAGGED = site(Level.FLAGGED, "TFM107", "the session 's' is used for something else, too (line 4)")


@contextmanager
def state_of(directory: Path, *records: Record | Repository, options: Options = Options(), seconds=()):  # noqa: B008
    """A run with these records; a bare repository waits."""
    directory.mkdir(exist_ok=True)
    state = State(directory / "state.sqlite")
    state._connection.execute("PRAGMA synchronous=OFF")
    state.begin(to_json(options), [Repository(one.name, one.source, one.ref) for one in records])
    for index, record in enumerate(records):
        if isinstance(record, Record):
            status = Status.DONE if record.error is None else Status.FAILED
            state.finish(record.name, status, record_dict(record), seconds[index] if seconds else 0.5)
    try:
        yield state
    finally:
        state.close()


def small_run() -> tuple[Record | Repository, ...]:
    """One repository of each kind."""
    return (
        Record("plain", "/src/plain", python_files=3, python_bytes=3000),
        Record(
            "good", "https://example.org/ada/good.git", "main", "c0ffee", python_files=2, python_bytes=500,
            files=(FileRecord("a.py", True, (NATIVE,)), FileRecord("bad.py", False, (), "not valid Python 3 on line 5: x")),
        ),
        Record("lost", "https://example.org/ada/lost.git", error="could not be fetched: no such repository"),
        Record(
            "hard", "/src/hard", commit="abcdef", python_files=9, python_bytes=90_000,
            files=(
                FileRecord("p/one.py", False, (FLAGGED, FLAGGED)),
                FileRecord("p/two.py", True, (NATIVE, BRIDGED, FLAGGED)),
            ),
        ),
        Repository("later", "/src/later"),
    )  # fmt: skip
