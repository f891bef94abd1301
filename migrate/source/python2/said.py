"""What is said about a Python 2 file whose Python 3 was rewritten."""

from __future__ import annotations

from dataclasses import replace

from migrate.results import Finding, Level, Refusal, Result, Site
from migrate.source.python2.convert import Modern

SYNTAX = "TFM019"
"""The rule of files that become Python 3."""
UNCERTAIN = "TFM119"
"""The rule of files that may do something else as Python 3."""
_STRATEGY = "python2"


def of_python2(result: Result, text: str, modern: Modern) -> Result:
    """The result for a Python 2 file.

    Args:
        result: What becomes of it as Python 3.
        text: The file as it is.
        modern: The same as Python 3.
    """
    sites = tuple(_moved(site, modern) for site in result.sites)
    if result.after == modern.text:
        # Nothing is rewritten: then the file stays Python 2.
        return replace(result, before=text, after=text, sites=sites)
    if modern.uncertain is not None:
        return replace(result, before=text, after=text, sites=tuple(_left(site, modern) for site in sites), mode=None)
    first = next(number for number, site in enumerate(sites) if site.level is not Level.FLAGGED)
    count = len(modern.changed)
    lines = f"line {modern.changed[0]}" if count == 1 else f"{count} lines"
    said = f"the file was Python 2, and becomes Python 3: its syntax changes on {lines}"
    found = Finding(SYNTAX, sites[first].line, sites[first].column, said, sites[first].level)
    told = replace(sites[first], findings=(*sites[first].findings, found))
    return replace(result, before=text, sites=(*sites[:first], told, *sites[first + 1 :]))


def _moved(site: Site, modern: Modern) -> Site:
    findings = tuple(replace(one, line=modern.old_line(one.line)) for one in site.findings)
    return replace(site, line=modern.old_line(site.line), findings=findings)


def _left(site: Site, modern: Modern) -> Site:
    assert modern.uncertain is not None
    reason, line = modern.uncertain
    reason = f"{reason} (line {modern.old_line(line)})"
    return Site(
        UNCERTAIN, site.kind, site.line, site.column, Level.FLAGGED, "left as it is", reason,
        refusals=(Refusal(Level.NATIVE, _STRATEGY, UNCERTAIN, reason),), ordinal=site.ordinal,
    )  # fmt: skip
