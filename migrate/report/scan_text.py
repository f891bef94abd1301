"""An inventory as text for people: every site, its level, and below it why not a better one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from migrate.report.text import coloured_level, one_line, sites_in_files
from migrate.results import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migrate.results import Result, Site


def inventory_text(results: Iterable[Result], *, colour: bool = False) -> str:
    """Lists the sites: `path:line:column: RULE level kind: message`, then what is proved and each reason.

    Args:
        results: The results.
        colour: Whether to colour it for a terminal.

    Returns:
        The lines; empty where there are no sites.
    """
    return "".join(line for result in results for site in result.sites for line in _site(result.path, site, colour))


def totals_text(results: Sequence[Result]) -> str:
    """Counts: sites by level, by kind and rule, and a line in the end that says how many files there are.

    Args:
        results: The results.

    Returns:
        The lines, with a newline in the end.
    """
    sites = [site for result in results for site in result.sites]
    order = list(Level)
    rules = Counter((site.level, site.kind, site.rule) for site in sites)
    lines = [
        f"{count:5}  {level:<8} {kind} {rule}\n"
        for (level, kind, rule), count in sorted(rules.items(), key=lambda row: (order.index(row[0][0]), row[0][1:]))
    ]
    errors = sum(result.error is not None for result in results)
    said = "" if not errors else f"; {errors} error" if errors == 1 else f"; {errors} errors"
    return "".join(lines) + sites_in_files(results) + said + "\n"


def _site(path: str, site: Site, colour: bool) -> Iterator[str]:
    place = one_line(f"{path}:{site.position}")
    yield f"{place}: {site.rule} {coloured_level(site.level, colour)} {site.kind}: {one_line(site.message)}\n"
    for signature in site.signatures:
        what = f"{signature.key}({', '.join(signature.inputs)}) -> {', '.join(signature.outputs)}"
        yield f"    signature {one_line(what)}\n"
    for proved in site.proved:
        yield f"    proved: {one_line(proved)}\n"
    for refusal in site.refusals:
        by = f"not {refusal.level} ({refusal.strategy}, {refusal.rule})"
        yield f"    {by}: {one_line(refusal.reason)}\n"
    if site.reason and not any(refusal.reason == site.reason for refusal in site.refusals):
        yield f"    {one_line(site.reason)}\n"
    for finding in site.findings:
        reason = f": {finding.reason}" if finding.reason else ""
        yield f"    {finding.rule} on {finding.where}: {one_line(finding.message + reason)}\n"
