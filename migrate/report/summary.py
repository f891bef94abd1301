"""Counts over results, for the last line of a report and for the summary in JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.results import Level, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over results.

    Attributes:
        files: Files with at least one site.
        sites: Sites.
        levels: Sites by level; every level is there.
        changed: Files that the rewrite changes.
        errors: Files that could not be read, parsed, rewritten or written.
    """

    files: int
    sites: int
    levels: Mapping[Level, int]
    changed: int
    errors: int


def summarize(results: Iterable[Result]) -> Summary:
    """Counts sites, levels, changes and errors.

    Args:
        results: The results.

    Returns:
        The counts.
    """
    results = list(results)
    levels = Counter(site.level for result in results for site in result.sites)
    return Summary(
        files=sum(bool(result.sites) for result in results),
        sites=levels.total(),
        levels={level: levels[level] for level in Level},
        changed=sum(result.changed for result in results),
        errors=sum(result.error is not None for result in results),
    )
