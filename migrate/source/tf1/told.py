"""Says that new code imports `migrate.tf1`, where no plan has said so."""

from __future__ import annotations

import re
from dataclasses import replace

from migrate.results import Finding, Level, Site

RULE = "TFM302"
_IMPORTS = re.compile(
    r"^[ \t]*(?:from[ \t]+migrate[ \t]+import[ \t][^#\r\n]*\btf1\b|(?:from|import)[ \t]+migrate\.tf1\b)", re.MULTILINE
)
_TEXT = (
    "other code of the file uses what ended with TensorFlow 1, and migrate.tf1 has: the new code needs this package "
    "where it runs"
)


def with_package_told(sites: tuple[Site, ...], before: str, after: str) -> tuple[Site, ...]:
    """The sites of a file, the first of them that is rewritten with a finding about the package, where one is due.

    Args:
        sites: What is said about the file.
        before: Its text.
        after: Its new text.
    """
    if not _IMPORTS.search(after) or _IMPORTS.search(before):
        return sites
    if any("migrate.tf1" in finding.message for site in sites for finding in site.findings):
        return sites
    first = next((site for site in sites if site.level is not Level.FLAGGED), None)
    if first is None:
        return sites
    told = replace(first, findings=(*first.findings, Finding(RULE, first.line, first.column, _TEXT, first.level)))
    return tuple(told if site is first else site for site in sites)
