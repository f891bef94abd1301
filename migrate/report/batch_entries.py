"""The repositories of a run as reports tell of them: one after the other, never all at once, and without passwords."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from migrate.batch.repository import Repository
from migrate.batch.state import State, Status

_USER = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)@")


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
        record = None if row.record is None else _without_password(json.loads(row.record), repository)
        source = without_password(repository.source)
        address = "" if repository.is_directory else source
        yield Entry(repository.name, source, address, repository.ref, row.status, record, row.seconds)


def without_password(source: str) -> str:
    """An address without the password in it, and over https without the user, who may be a token."""
    found = _USER.match(source)
    if found is None:
        return source
    user = f"{found[2].partition(':')[0]}@" if found[1].lower() == "ssh" else ""
    return f"{found[1]}://{user}{source[found.end() :]}"


def _without_password(record: dict[str, Any], repository: Repository) -> dict[str, Any]:
    """A record that may be shown: messages of git repeat what it was called with."""
    record["source"] = without_password(repository.source)
    found = _USER.match(repository.source)
    if found is not None and record["error"] is not None:
        record["error"] = record["error"].replace(repository.source, record["source"])
        if found[1].lower() != "ssh" or ":" in found[2]:
            record["error"] = record["error"].replace(f"{found[2]}@", "")
    return record
