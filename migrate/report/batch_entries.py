"""The repositories of a run as reports tell of them: one after the other, never all at once, and without passwords."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from migrate.batch.repository import without_password
from migrate.batch.state import State, Status


@dataclass(frozen=True, slots=True)
class Entry:
    """A repository of a run.

    Attributes:
        name: Its name.
        source: Where it is from, without a password or token.
        address: The same where git brings it; empty for a directory.
        ref: What was asked for.
        status: How far it is.
        record: What is said about it (docs/json.md), without passwords; None where nothing is known.
        seconds: How long it took.
    """

    name: str
    source: str
    address: str
    ref: str
    status: Status
    record: dict[str, Any] | None
    seconds: float

    @property
    def error(self) -> str | None:
        """Why it could not be worked on."""
        return None if self.record is None else self.record["error"]

    @property
    def files(self) -> list[dict[str, Any]]:
        """Its files with a site, a change or an error."""
        return [] if self.record is None else self.record["files"]


def entries(state: State, *statuses: Status) -> Iterator[Entry]:
    """The repositories of a run, in its order; those of some statuses, or all."""
    for row in state.rows(*statuses):
        repository = row.repository
        record = None if row.record is None else json.loads(row.record)
        source = without_password(repository.source)
        address = "" if repository.is_directory else source
        yield Entry(repository.name, source, address, repository.ref, row.status, record, row.seconds)
