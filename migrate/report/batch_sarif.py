"""The report on a run as SARIF 2.1.0: one run, in which every repository is a base for the addresses of its files.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html; the numbers are its sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import quote

from migrate.batch.state import State, Status
from migrate.report.batch_entries import Entry, entries
from migrate.report.batch_stream import indented, json_array
from migrate.report.batch_totals import Totals
from migrate.report.sarif import SCHEMA, SarifResult, SarifRule, artifact_uri, driver, result_dict
from migrate.results import Level

_SCP = re.compile(r"([^:/]+):(.*)")


def sarif_report(state: State, found: Totals) -> Iterator[str]:
    """The document, in ASCII and in pieces.

    Args:
        state: The state of the run.
        found: What it comes to.
    """
    rules = _rules(found)
    indices = {rule.id: index for index, rule in enumerate(rules)}
    yield f'{{\n  "$schema": {indented(SCHEMA, 1)},\n  "version": "2.1.0",\n  "runs": [\n    {{\n'
    yield f'      "tool": {{\n        "driver": {indented(driver(rules), 4)}\n      }},\n'
    yield '      "columnKind": "unicodeCodePoints",\n'
    yield '      "invocations": [\n        {\n'
    yield f'          "executionSuccessful": {"false" if found.statuses[Status.FAILED] else "true"},\n'
    yield '          "toolExecutionNotifications": '
    yield from json_array(_notifications(state), 5)
    yield '\n        }\n      ],\n      "originalUriBaseIds": '
    yield from _bases(state)
    yield ',\n      "versionControlProvenance": '
    yield from json_array(_provenance(state), 3)
    yield ',\n      "results": '
    yield from json_array((result_dict(result, indices) for result in _results(state)), 3)
    yield "\n    }\n  ]\n}\n"


def _rules(found: Totals) -> list[SarifRule]:
    from migrate.rules import load_rules

    titles = {rule.id: rule.title for rule in load_rules()}
    return [SarifRule(rule, titles.get(rule, rule)) for rule in sorted(found.rule_ids)]


def _results(state: State) -> Iterator[SarifResult]:
    for entry in entries(state):
        for file in entry.files:
            for site in file["sites"]:
                for finding in (site, *site["findings"]):
                    yield _result(entry, file["path"], finding)


def _result(entry: Entry, path: str, finding: Mapping[str, Any]) -> SarifResult:
    level: Literal["warning", "note"] = "warning" if finding["level"] == Level.FLAGGED else "note"
    reason = f": {finding['reason']}" if finding["reason"] else ""
    said = f"{finding['level']}: {finding['message']}{reason}"
    # Of what an older version kept, every line is one of the file.
    cell, column = finding.get("cell"), finding["column"]
    if cell is not None:
        said, column = f"cell {cell}, line {finding['line']}: {said}", None
    line = finding.get("file_line", finding["line"])
    return SarifResult(finding["rule"], level, said, PurePosixPath(path), line, column, base=entry.name)


def _notifications(state: State) -> Iterator[dict[str, Any]]:
    """What could not be worked on (3.20.21)."""
    for entry in entries(state):
        if entry.error is not None:
            yield {"level": "error", "message": {"text": f"{entry.name}: {entry.error}"}}
        for file in entry.files:
            if file["error"] is not None:
                location = {"uri": artifact_uri(PurePosixPath(file["path"])), "uriBaseId": entry.name}
                yield {
                    "level": "error",
                    "message": {"text": file["error"]},
                    "locations": [{"physicalLocation": {"artifactLocation": location}}],
                }


def _bases(state: State) -> Iterator[str]:
    """Where the repositories are (3.14.14); what git brings has no place of its own."""
    before = "{\n        "
    for entry in entries(state):
        if entry.files:
            base: dict[str, Any] = {} if entry.address else {"uri": f"{Path(entry.source).as_uri().rstrip('/')}/"}
            base["description"] = {"text": f"{entry.source} {entry.ref}".strip()}
            yield f"{before}{indented(entry.name, 4)}: {indented(base, 4)}"
            before = ",\n        "
    yield "{}" if before.startswith("{") else "\n      }"


def _provenance(state: State) -> Iterator[dict[str, Any]]:
    """What was read of each repository (3.14.15)."""
    for entry in entries(state):
        if entry.files and entry.record is not None and entry.record["commit"]:
            yield {
                "repositoryUri": _uri(entry),
                "revisionId": entry.record["commit"],
                "mappedTo": {"uriBaseId": entry.name},
            }


def _uri(entry: Entry) -> str:
    if not entry.address:
        return Path(entry.source).as_uri()
    address = entry.address
    scp = None if "://" in address else _SCP.fullmatch(address)
    if scp is not None:
        address = f"ssh://{scp[1]}/{scp[2].lstrip('/')}"
    return quote(address.encode("utf-8", "surrogateescape"), safe="/:@?&=#%[]~!$'()*+,;-._")
