"""Renders what a run came to as a page that needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markupsafe import Markup

from migrate.batch.state import State, Status
from migrate.report.amounts import byte_text, count
from migrate.report.batch_entries import Entry, entries
from migrate.report.batch_page.charts import columns, divided_bar, parts, small_bar
from migrate.report.batch_totals import Cause, Totals, time_classes
from migrate.report.batch_words import next_steps, outputs, repositories, seconds_text, verdict
from migrate.report.inlined import page_environment
from migrate.report.picture.svg import clean
from migrate.results import Level

_HERE = Path(__file__).parent
_MOST_REASONS = 40
_MOST_CAUSES = 20
_LEVELS = {level.value: level.value for level in Level}
_FATES = {
    "no-exports": "no exports",
    "all-native": "all native",
    "all-rewritten": "all rewritten, some of it wrapped or bridged",
    "by-hand": "something left to do by hand",
    "failed": "failed",
    "waiting": "waiting",
}


def html_report(directory: Path, state: State, found: Totals) -> Iterator[str]:
    """The page, in pieces.

    Args:
        directory: That of the run.
        state: The state of the run.
        found: What it comes to.
    """
    css, script = ((_HERE / name).read_text("utf-8") for name in ("page.css", "page.js"))
    environment = page_environment(_HERE, clean)
    environment.filters.update(counted=count, seconds=seconds_text, bytes=byte_text, repositories=repositories)
    levels = parts(_LEVELS, found.levels)
    fates = parts(_FATES, _fates(found))
    template = environment.get_template("page.html.jinja")
    yield from template.generate(
        found=found,
        verdict=verdict(found),
        worst=next((s.value for s in (Status.FAILED, Status.WAITING) if found.statuses[s]), "done"),
        steps=next_steps(directory, state, found),
        outputs=outputs(directory),
        levels=levels,
        levels_bar=divided_bar("sites by level", levels),
        fates=fates,
        fates_bar=divided_bar("repositories", fates),
        rules=_rules(found),
        reasons=_reasons(found),
        more_reasons=max(len(found.why) - _MOST_REASONS, 0),
        failures=_causes(found.failures),
        failures_in_all=found.statuses[Status.FAILED],
        errors=_causes(found.errors),
        times=_times(found),
        rows=_rows(state),
        css=Markup(css),
        css_hash=_hash(css),
        script=Markup(script),
        script_hash=_hash(script),
    )


def _fates(found: Totals) -> dict[str, int]:
    fates = {fate.replace(" ", "-"): number for fate, number in found.fates.items()}
    return fates | {status.value: found.statuses[status] for status in (Status.FAILED, Status.WAITING)}


def _times(found: Totals) -> Markup:
    """How long repositories took, without the empty classes above the last one."""
    last = max((index for index, number in enumerate(found.times) if number), default=0)
    return columns("repositories by time", list(time_classes())[: last + 1], found.times[: last + 1])


def _rules(found: Totals) -> list[dict[str, Any]]:
    """The rules of sites, the most frequent first."""
    from migrate.rules import load_rules

    titles = {rule.id: rule.title for rule in load_rules()}
    levels: dict[str, Counter[str]] = {}
    for level, _, rule, sites in found.by_rule:
        levels.setdefault(rule, Counter())[level] += sites
    most = max((counts.total() for counts in levels.values()), default=0)
    return [
        {
            "id": rule,
            "title": titles.get(rule, ""),
            "sites": counts.total(),
            "bar": small_bar(parts(_LEVELS, counts), most),
        }
        for rule, counts in sorted(levels.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    ]


def _reasons(found: Totals) -> list[dict[str, Any]]:
    some = found.why[:_MOST_REASONS]
    most = some[0][1].count if some else 0
    return [
        {"reason": reason, "cause": cause, "bar": small_bar(parts(_LEVELS, cause.levels), most)}
        for reason, cause in some
    ]


def _causes(causes: dict[str, Cause]) -> list[tuple[str, Cause]]:
    return sorted(causes.items(), key=lambda pair: (-pair[1].count, pair[0]))[:_MOST_CAUSES]


def _rows(state: State) -> Iterator[Markup]:
    """The repositories as JSON, one after the other, in the order that page.js knows."""
    before = ""
    for entry in entries(state):
        yield Markup(before + _json(_row(entry)))
        before = ",\n"


def _row(entry: Entry) -> list[Any]:
    record = entry.record
    head = [entry.name, f"{entry.source} {entry.ref}".strip(), entry.status.value]
    if record is None:
        return [*head, 0, 0, 0, 0, 0, 0, 0, 0, 0, ""]
    summary = record["summary"]
    levels = [summary["levels"][level] for level in Level]
    told = [record["python_files"], summary["sites"], *levels, summary["changed"], summary["errors"]]
    return [*head, *told, round(entry.seconds, 2), entry.error or ""]


def _json(value: Any) -> str:
    """JSON that may stand in a script element: nothing in it can end the element."""
    text = json.dumps([clean(one) if isinstance(one, str) else one for one in value], separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
