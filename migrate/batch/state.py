"""What is done of a run and what is not: a SQLite file, so that nothing is lost and nothing done twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from migrate.batch.repository import Repository
from migrate.errors import MigrateError

VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS repository (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    ref TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    record TEXT,
    seconds REAL NOT NULL DEFAULT 0
);
"""


class Status(StrEnum):
    """How far a repository is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Row:
    """A repository of a run.

    Attributes:
        repository: The repository.
        status: How far it is.
        attempts: How often it was worked on to an end.
        record: What is said about it, as JSON; None before that.
        seconds: How long that took, in seconds.
    """

    repository: Repository
    status: Status
    attempts: int
    record: str | None
    seconds: float

    @property
    def error(self) -> str | None:
        """Why it could not be worked on."""
        return None if self.record is None else json.loads(self.record)["error"]


class State:
    """The state of a run.

    Args:
        path: The SQLite file; made where it is missing.

    Raises:
        MigrateError: It is none, or one of another version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(_SCHEMA)
            self._connection.execute("INSERT OR IGNORE INTO run VALUES ('version', ?)", (str(VERSION),))
            known = self._value("version")
        except sqlite3.Error as error:
            raise MigrateError(f"{path}: cannot be used as the state of a run: {error}") from error
        if known != str(VERSION):
            raise MigrateError(f"{path}: the state of a run by another version of tf-migrate; use another directory")

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    # ---- the run ---------------------------------------------------------------------------------------------

    @property
    def options(self) -> str | None:
        """What is done with each repository, as text; None where no run has begun."""
        return self._value("options")

    def _value(self, key: str) -> str | None:
        row = self._connection.execute("SELECT value FROM run WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    # ---- its repositories ------------------------------------------------------------------------------------

    def begin(self, options: str, repositories: Iterable[Repository]) -> None:
        """Takes what a run is about, in one step: a run is there with all its repositories, or not at all.

        Args:
            options: What is done with each, as text.
            repositories: In their order.
        """
        with self._changes():
            self._connection.execute("INSERT INTO run VALUES ('options', ?)", (options,))
            self._connection.executemany(
                "INSERT INTO repository (position, name, source, ref, status) VALUES (?, ?, ?, ?, 'waiting')",
                ((number, one.name, one.source, one.ref) for number, one in enumerate(repositories)),
            )

    def rows(self, *statuses: Status) -> Iterator[Row]:
        """The repositories, in their order; those of some statuses, or all."""
        wanted = statuses or tuple(Status)
        marks = ", ".join("?" * len(wanted))
        found = self._connection.execute(
            f"SELECT name, source, ref, status, attempts, record, seconds FROM repository WHERE status IN ({marks})"
            " ORDER BY position",
            wanted,
        )
        for name, source, ref, status, attempts, record, seconds in found:
            yield Row(Repository(name, source, ref), Status(status), attempts, record, seconds)

    def counts(self) -> dict[Status, int]:
        """How many repositories there are of each status."""
        found = dict.fromkeys(Status, 0)
        for status, count in self._connection.execute("SELECT status, COUNT(*) FROM repository GROUP BY status"):
            found[Status(status)] = count
        return found

    def finish(self, name: str, status: Status, record: dict[str, object], seconds: float) -> None:
        """Keeps what became of a repository."""
        with self._changes():
            self._connection.execute(
                "UPDATE repository SET status = ?, record = ?, seconds = ?, attempts = attempts + 1 WHERE name = ?",
                (status, json.dumps(record, sort_keys=True), seconds, name),
            )

    def reopen(self, names: Iterable[str]) -> None:
        """Makes repositories wait again."""
        with self._changes():
            self._connection.executemany(
                "UPDATE repository SET status = 'waiting', record = NULL WHERE name = ?", ((name,) for name in names)
            )

    @contextmanager
    def _changes(self) -> Iterator[None]:
        """One transaction."""
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
        except sqlite3.Error as error:
            raise MigrateError(f"{self._path}: cannot be written: {error}") from error
