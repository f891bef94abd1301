"""Results as text for people: a line for each finding, and a summary line in the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrate.report.summary import Summary
    from migrate.results import Finding, Level, Result, Site

# By level.
_COLOURS = {"native": "32", "wrapped": "36", "bridged": "35", "flagged": "33"}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def findings_text(results: Iterable[Result], *, colour: bool = False) -> str:
    """Lists the findings: `path:line:column: RULE level message`, and the reason on a line below.

    Args:
        results: The results.
        colour: Whether to colour it for a terminal.

    Returns:
        The lines; empty where there are no findings.
    """
    return "".join(line for result in results for line in _result_lines(result, colour))


def summary_line(results: Iterable[Result], *, done: bool = False) -> str:
    """Sums up: `3 sites in 2 files: 2 native, 1 flagged; 2 files would change (--write to apply)`.

    Args:
        results: The results.
        done: Whether the changes have been written.

    Returns:
        One line, with its newline.
    """
    from migrate.report.summary import summarize  # Commands for models need `one_line` only.

    counts = summarize(results)
    parts = [_sites(counts)]
    if counts.changed and done:
        parts.append(f"{_number(counts.changed, 'file')} changed")
    elif counts.changed:
        parts.append(f"{_number(counts.changed, 'file')} would change (--write to apply)")
    if counts.errors:
        parts.append(_number(counts.errors, "error"))
    return "; ".join(parts) + "\n"


def one_line(text: str) -> str:
    """The text with control characters made visible: it stays on one line and cannot steer a terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def _result_lines(result: Result, colour: bool) -> Iterator[str]:
    for site in result.sites:
        yield from _site_lines(result.path, site, colour)
    if result.because:
        yield f"{one_line(result.path)}: gets TF1's names from tensorflow.compat.v1: it {one_line(result.because)}\n"


def coloured_level(level: Level, colour: bool) -> str:
    """The level, in its colour where asked for."""
    return f"\x1b[{_COLOURS[level]}m{level}\x1b[0m" if colour else str(level)


def sites_in_files(results: Iterable[Result]) -> str:
    """How many sites there are: `3 sites in 2 files: 2 native, 1 flagged`."""
    from migrate.report.summary import summarize

    return _sites(summarize(results))


def _site_lines(path: str, site: Site, colour: bool) -> Iterator[str]:
    yield _line(path, site, colour)
    if site.reason:
        level = next((f"not {refusal.level}: " for refusal in site.refusals if refusal.reason == site.reason), "")
        yield f"    {level}{one_line(site.reason)}\n"
    for finding in site.findings:
        yield _line(path, finding, colour)
        if finding.reason and finding.reason != site.reason:
            yield f"    {one_line(finding.reason)}\n"


def _line(path: str, finding: Site | Finding, colour: bool) -> str:
    place = f"{path}:{finding.position}"
    level = coloured_level(finding.level, colour)
    return f"{one_line(place)}: {finding.rule} {level} {one_line(finding.message)}\n"


def _sites(counts: Summary) -> str:
    if not counts.sites:
        return "no TensorFlow 1 export code found"
    levels = ", ".join(f"{number} {level}" for level, number in counts.levels.items() if number)
    return f"{_number(counts.sites, 'site')} in {_number(counts.files, 'file')}: {levels}"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
