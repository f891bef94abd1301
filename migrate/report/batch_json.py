"""The report on a run for programs: the same for the same repositories, whenever and wherever they were worked on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from migrate.batch.state import State, Status
from migrate.report.batch_entries import Entry, entries
from migrate.report.batch_stream import indented, json_array
from migrate.report.batch_totals import Totals
from migrate.results import Level

VERSION = 1


def json_report(state: State, found: Totals) -> Iterator[str]:
    """The document, in ASCII and in pieces; docs/json.md describes it.

    Args:
        state: The state of the run.
        found: What it comes to.
    """
    yield f'{{\n  "version": {VERSION},\n  "summary": {indented(_summary(found), 1)}'
    yield f',\n  "rules": {indented(_rules(found), 1)}'
    yield f',\n  "reasons": {indented(_reasons(found), 1)}'
    yield ',\n  "repositories": '
    yield from json_array((_repository(entry) for entry in entries(state)), 1)
    yield "\n}\n"


def _summary(found: Totals) -> dict[str, Any]:
    return {
        "repositories": found.repositories,
        **{status.value: found.statuses[status] for status in Status},
        "python_files": found.python_files,
        "python_bytes": found.python_bytes,
        "files": found.files,
        "sites": found.sites,
        "levels": {level.value: found.levels[level] for level in Level},
        "changed": found.changed,
        "errors": found.broken_files,
        "verified": found.verified,
        "proved": found.proved,
    }


def _rules(found: Totals) -> list[dict[str, Any]]:
    return [{"level": level, "kind": kind, "rule": rule, "sites": sites} for level, kind, rule, sites in found.by_rule]


def _reasons(found: Totals) -> list[dict[str, Any]]:
    return [
        {"rule": reason.rule, "reason": reason.text, "sites": cause.count, "repositories": cause.repositories}
        for reason, cause in found.why
    ]


def _repository(entry: Entry) -> dict[str, Any]:
    told = entry.record or {"name": entry.name, "source": entry.source, "ref": entry.ref}
    return {"status": entry.status.value, **{key: value for key, value in told.items() if key != "version"}}
