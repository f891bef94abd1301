"""Results as single remarks about places, for those who show such beside the code: code hosts and editors."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from migrate.report.replacements import text_lines
from migrate.results import Finding, Level, Result, Site

Severity = Literal["error", "warning", "note"]

FAILED = "error"
"""Stands in the place of a rule where a file could not be read, rewritten or written."""
FOLLOWS = "whole-program"
"""Stands in the place of a rule where a file changes without a site, because of others."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said about one place.

    Attributes:
        rule: The id of a rule, or `FAILED` or `FOLLOWS`.
        severity: `warning` where something is left to do by hand, `note` where a rewrite does it.
        line: From 1; the first where the whole file is meant.
        column: From 1; None in a notebook, where it is not known.
        end_column: Behind the last character of the line; None in a notebook.
        level: The level that a site got; None where the whole file is meant.
        text: What is done, and why no more.
        fingerprint: The same for the same remark, also after changes elsewhere in the file.
        site: The site that it is about; None for further findings, and where the whole file is meant.
    """

    rule: str
    severity: Severity
    line: int
    column: int | None
    end_column: int | None
    level: Level | None
    text: str
    fingerprint: str
    site: Site | None = None


def remarks(result: Result) -> Iterator[Remark]:
    """All that is said about a file, in its order.

    Args:
        result: The result for the file.
    """
    lines = [line.rstrip("\r\n") for line in text_lines(result.before)] or [""]
    if result.error is not None:
        yield Remark(FAILED, "error", 1, 1, len(lines[0]) + 1, None, result.error, _digest([FAILED]))
    if result.because:
        said = f"gets TF1's names from tensorflow.compat.v1: it {result.because}"
        yield Remark(FOLLOWS, "note", 1, 1, len(lines[0]) + 1, None, said, _digest([FOLLOWS]))
    seen: Counter[tuple[str, ...]] = Counter()

    def remark(one: Site | Finding, text: str, kind: str, site: Site | None) -> Remark:
        line = lines[one.line - 1]
        what = (kind, " ".join(line.split()))
        seen[what] += 1
        severity: Severity = "warning" if one.level is Level.FLAGGED else "note"
        fingerprint = _digest([*what, str(seen[what])])
        if one.place is not None:
            said = f"{one.where}: {text}"
            return Remark(one.rule, severity, one.place.file_line, None, None, one.level, said, fingerprint, site)
        return Remark(one.rule, severity, one.line, one.column, len(line) + 1, one.level, text, fingerprint, site)

    for site in result.sites:
        # Not by rule and level: these may change with the tool, and the place stays the same.
        yield remark(site, _site_text(site), site.kind, site)
        for finding in site.findings:
            reason = finding.reason if finding.reason != site.reason else None
            yield remark(finding, _text(finding, reason), finding.rule, None)


def all_remarks(results: Iterable[Result]) -> Iterator[tuple[Result, Remark]]:
    """The remarks about all files, each with the result it is from."""
    return ((result, remark) for result in results for remark in remarks(result))


def _site_text(site: Site) -> str:
    level = next((f"not {refusal.level}: " for refusal in site.refusals if refusal.reason == site.reason), "")
    return _text(site, f"{level}{site.reason}" if site.reason else None)


def _text(one: Site | Finding, reason: str | None) -> str:
    return f"{one.message} ({reason})" if reason else one.message


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
