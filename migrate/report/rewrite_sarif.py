"""Renders what the rewriter found, and what it proposes, as SARIF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.report.remarks import FAILED, FOLLOWS, remarks
from migrate.report.replacements import replacements
from migrate.report.sarif import SarifFix, SarifRelated, SarifResult, SarifRule, to_sarif
from migrate.results import Level, Result, Site
from migrate.rules import Rule, load_rules
from migrate.write import bytes_of

if TYPE_CHECKING:
    from migrate.engine import Proposal

_OTHERS = (
    SarifRule(FAILED, "A file could not be read, rewritten or written", level="error"),
    SarifRule(FOLLOWS, "Code without an export runs with session code that stays", level="note"),
)


def render_sarif(results: Iterable[Result], proposals: Mapping[str, Sequence[Proposal]], root: Path) -> str:
    """The findings as a SARIF log.

    Each proposal becomes a fix of its first site, in coordinates of the file as it is now; its other sites refer to
    that one. A fix carries out its proposal alone: it fits no more where another of the same file was applied.

    Args:
        results: The results.
        proposals: The proposals by file; none for files that were written.
        root: The directory that the paths in the log are relative to.

    Returns:
        The document.
    """
    found = (one for result in results for one in _results(result, proposals.get(result.path, ())))
    return to_sarif([*map(_rule, load_rules()), *_OTHERS], found, root=root)


def _rule(rule: Rule) -> SarifRule:
    more = f"{rule.why}\n\nWith examples: `tf-migrate explain {rule.id}`"
    return SarifRule(rule.id, rule.title, rule.name, more, "warning" if rule.level is Level.FLAGGED else "note")


def _results(result: Result, proposals: Sequence[Proposal]) -> Iterator[SarifResult]:
    of_site = {ordinal: proposal for proposal in proposals for ordinal in proposal.ordinals}
    for remark in remarks(result):
        site = remark.site
        proposal = None if site is None else of_site.get(site.ordinal)
        yield SarifResult(
            remark.rule,
            remark.severity,
            remark.text if remark.level is None else f"{remark.level}: {remark.text}",
            PurePath(result.path),
            remark.line,
            remark.column,
            remark.end_column,
            fingerprint=remark.fingerprint,
            fix=_fix(result, proposal, site),
            related=_related(proposal, site),
            properties=() if site is None else (("level", str(site.level)), ("kind", site.kind)),
        )


def _fix(result: Result, proposal: Proposal | None, site: Site | None) -> SarifFix | None:
    if site is None or proposal is None or proposal.ordinals[0] != site.ordinal:
        return None
    try:
        before, after = _texts(result, proposal)
    except (MigrateError, OSError):
        return None
    made = replacements(before, after)
    return SarifFix(f"{site.level}: {site.message}", made) if made else None


def _related(proposal: Proposal | None, site: Site | None) -> tuple[SarifRelated, ...]:
    if site is None or proposal is None:
        return ()
    said = "rewritten together with this one"
    return tuple(
        SarifRelated(other.place.file_line, None, said)
        if other.place is not None
        else SarifRelated(other.line, other.column, said)
        for other in proposal.sites
        if other.ordinal != site.ordinal
    )


def _texts(result: Result, proposal: Proposal) -> tuple[str, str]:
    """What the file holds, and what it is to hold."""
    if all(site.place is None for site in proposal.sites):
        return result.before, proposal.after
    before, after = bytes_of(replace(result, after=proposal.after))
    return before.decode("utf-8-sig"), after.decode("utf-8-sig")
