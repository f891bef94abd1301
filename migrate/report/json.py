"""Results as JSON; the schema is described in docs/json.md."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from migrate.report.summary import summarize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrate.results import Finding, Result, Site

VERSION = 1


def to_json(results: Iterable[Result]) -> str:
    """Makes one JSON document of results.

    Args:
        results: The results. Those without a site, a change or an error are left out.

    Returns:
        The document, in ASCII, with a newline in the end.
    """
    return json.dumps(as_dict(list(results)), indent=2) + "\n"


def as_dict(results: Sequence[Result]) -> dict[str, Any]:
    """The same document as Python values."""
    told = [result for result in results if result.sites or result.changed or result.error is not None]
    return {
        "version": VERSION,
        "files": [_file(result) for result in told],
        "summary": asdict(summarize(results)),
    }


def _file(result: Result) -> dict[str, Any]:
    return {
        "path": result.path,
        "changed": result.changed,
        "error": result.error,
        "because": result.because or None,
        "sites": [site_dict(site) for site in result.sites],
    }


def site_dict(site: Site) -> dict[str, Any]:
    """A site as JSON values; in a notebook its line is that of the cell, and the file's one stands beside it."""
    made = asdict(site)
    _place(made, site)
    for one, finding in zip(made["findings"], site.findings, strict=True):
        _place(one, finding)
    return made


def _place(made: dict[str, Any], one: Site | Finding) -> None:
    place = one.place
    if place is not None:
        made |= {"cell": place.cell, "line": place.line, "file_line": place.file_line}
    del made["place"]
