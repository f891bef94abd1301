"""What a run comes to: counts, and the few repositories and files that are named in a report."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from migrate.batch.state import State, Status
from migrate.report.batch_entries import Entry, entries
from migrate.report.batch_reasons import Reason, general, why_not_native
from migrate.results import Level

_MOST_HARD = 25
_MOST_SLOW = 10
_MOST_LISTED = 200
_MOST_REASONS_OF_A_FILE = 5
_Key = TypeVar("_Key")
_Row = TypeVar("_Row", bound=tuple[Any, ...])
_EDGES = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
"""Between the classes of times, in seconds."""


@dataclass(slots=True)
class Cause:
    """Something that is said of several sites, files or repositories.

    Attributes:
        levels: Of the sites, where it is about sites.
        count: How many there are.
        repositories: In how many repositories.
        example: Where the first one is.
    """

    levels: Counter[str] = field(default_factory=Counter)
    count: int = 0
    repositories: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True)
class HardFile:
    """A file in which much is left to do.

    Attributes:
        repository: The name of its repository.
        path: In the repository.
        levels: Its sites by level.
        reasons: Some of what is in the way, as the sites say it.
        more: How many other reasons there are.
    """

    repository: str
    path: str
    levels: Counter[str]
    reasons: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A repository or a file that could not be worked on.

    Attributes:
        repository: The name of the repository.
        path: Of the file; empty for a repository.
        error: Why.
    """

    repository: str
    path: str
    error: str


@dataclass(frozen=True, slots=True)
class Slow:
    """A repository that took long.

    Attributes:
        name: Its name.
        seconds: How long.
    """

    name: str
    seconds: float


@dataclass(slots=True)
class Totals:
    """What a run comes to; it grows with the kinds of what was found, and not with the repositories.

    Attributes:
        statuses: Repositories by status.
        fates: Repositories that are done, by the worst that is in them.
        python_files: Python files that were looked at.
        python_bytes: Their size.
        files: Files with a site.
        changed: Files that change.
        patches: Repositories that change.
        verified: Files that were run, old and new.
        proved: Those of them that export the same.
        levels: Sites by level.
        rules: Sites by level, kind and rule.
        rule_ids: All rules that sites and findings name.
        reasons: Why sites are not native.
        failures: Why repositories failed.
        errors: Why files could not be rewritten.
        failed: The first repositories that failed.
        broken: The first files that could not be rewritten.
        seconds: How long all took together.
        times: Repositories by class of their time; see `time_classes`.
    """

    statuses: Counter[Status] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    python_files: int = 0
    python_bytes: int = 0
    files: int = 0
    changed: int = 0
    patches: int = 0
    verified: int = 0
    proved: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    rules: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    rule_ids: set[str] = field(default_factory=set)
    reasons: dict[Reason, Cause] = field(default_factory=dict)
    failures: dict[str, Cause] = field(default_factory=dict)
    errors: dict[str, Cause] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)
    broken: list[Failure] = field(default_factory=list)
    seconds: float = 0
    times: list[int] = field(default_factory=lambda: [0] * (len(_EDGES) + 1))
    _hard: list[tuple[int, int, int, HardFile]] = field(default_factory=list)
    _slow: list[tuple[float, int, Slow]] = field(default_factory=list)
    _seen: int = 0

    @property
    def repositories(self) -> int:
        """How many repositories the run has."""
        return self.statuses.total()

    @property
    def sites(self) -> int:
        """How many sites were found."""
        return self.levels.total()

    @property
    def broken_files(self) -> int:
        """How many files could not be rewritten."""
        return sum(cause.count for cause in self.errors.values())

    @property
    def hardest(self) -> list[HardFile]:
        """The files with the most sites that are flagged or bridged, the hardest first."""
        return [file for *_, file in sorted(self._hard, key=lambda row: row[:3], reverse=True)]

    @property
    def slowest(self) -> list[Slow]:
        """The repositories that took longest."""
        return [slow for *_, slow in sorted(self._slow, key=lambda row: row[:2], reverse=True)]

    @property
    def by_rule(self) -> list[tuple[str, str, str, int]]:
        """Level, kind and rule of sites, and how many there are of these; the best level first."""
        order = list(Level)
        return sorted(
            ((level, kind, rule, count) for (level, kind, rule), count in self.rules.items()),
            key=lambda row: (order.index(Level(row[0])), row[1:]),
        )

    @property
    def why(self) -> list[tuple[Reason, Cause]]:
        """Why sites are not native, the most frequent first."""
        return sorted(self.reasons.items(), key=lambda pair: (-pair[1].count, pair[0].rule, pair[0].text))

    def add(self, entry: Entry) -> None:
        """Takes a repository into account."""
        self._seen += 1
        self.statuses[entry.status] += 1
        if entry.record is None:
            return
        self.seconds += entry.seconds
        self.times[sum(entry.seconds >= edge for edge in _EDGES)] += 1
        _keep(self._slow, (entry.seconds, -self._seen, Slow(entry.name, entry.seconds)), _MOST_SLOW)
        self.python_files += entry.record["python_files"]
        self.python_bytes += entry.record["python_bytes"]
        counted: set[object] = set()
        if entry.error is not None:
            _count(self.failures, general(entry.error), counted, entry.name)
            if len(self.failed) < _MOST_LISTED:
                self.failed.append(Failure(entry.name, "", entry.error))
        elif entry.status is Status.DONE:
            self.fates[_fate(entry)] += 1
        for file in entry.files:
            self._add_file(entry, file, counted)
        self.patches += entry.error is None and any(file["changed"] for file in entry.files)

    def _add_file(self, entry: Entry, file: dict[str, Any], counted: set[object]) -> None:
        self.changed += file["changed"]
        if file["verified"] is not None:
            self.verified += 1
            self.proved += file["error"] is None
        if file["error"] is not None:
            _count(self.errors, general(file["error"]), counted, f"{entry.name}: {file['path']}")
            if len(self.broken) < _MOST_LISTED:
                self.broken.append(Failure(entry.name, file["path"], file["error"]))
        if not file["sites"]:
            return
        self.files += 1
        levels = Counter(site["level"] for site in file["sites"])
        self.levels += levels
        for site in file["sites"]:
            self.rules[site["level"], site["kind"], site["rule"]] += 1
            self.rule_ids.update((site["rule"], *(finding["rule"] for finding in site["findings"])))
            reason = why_not_native(site)
            if reason is not None:
                cell = f"cell {site['cell']}:" if site.get("cell") is not None else ""
                where = f"{entry.name}: {file['path']}:{cell}{site['line']}"
                _count(self.reasons, reason, counted, where).levels[site["level"]] += 1
        hard = levels[Level.FLAGGED] + levels[Level.BRIDGED]
        if hard:
            reasons = tuple(dict.fromkeys(site["reason"] for site in file["sites"] if site["reason"] is not None))
            some = reasons[:_MOST_REASONS_OF_A_FILE]
            one = HardFile(entry.name, file["path"], levels, some, len(reasons) - len(some))
            self._seen += 1
            _keep(self._hard, (hard, levels[Level.FLAGGED], -self._seen, one), _MOST_HARD)


FATES = ("no exports", "all native", "all rewritten", "by hand")
"""What repositories come to: nothing to do; all of it done, the best way or another one; something left to do by hand."""


def totals(state: State) -> Totals:
    """What a run comes to by now.

    Args:
        state: The state of the run.
    """
    found = Totals()
    for entry in entries(state):
        found.add(entry)
    return found


def time_classes() -> Iterator[str]:
    """What the classes of times are called: `under 0.1 s`, `0.1-0.3 s`, ..."""
    yield f"under {_EDGES[0]:g} s"
    for low, high in pairwise(_EDGES):
        yield f"{low:g}-{high:g} s"
    yield f"over {_EDGES[-1]:g} s"


def _fate(entry: Entry) -> str:
    levels = {site["level"] for file in entry.files for site in file["sites"]}
    if Level.FLAGGED in levels or any(file["error"] is not None for file in entry.files):
        return "by hand"
    if not levels:
        return "no exports"
    return "all native" if levels == {Level.NATIVE} else "all rewritten"


def _count(causes: dict[_Key, Cause], key: _Key, counted: set[object], example: str) -> Cause:
    cause = causes.setdefault(key, Cause(example=example))
    cause.count += 1
    mark = (id(causes), key)
    cause.repositories += mark not in counted
    counted.add(mark)
    return cause


def _keep(heap: list[_Row], row: _Row, most: int) -> None:
    """Keeps the greatest rows; their first elements must differ, as what follows cannot be compared."""
    if len(heap) < most:
        heapq.heappush(heap, row)
    else:
        heapq.heappushpop(heap, row)
