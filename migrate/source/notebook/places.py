"""What is said about a program, said of the cells that it is made of."""

from __future__ import annotations

import re
from dataclasses import replace

from migrate.results import Finding, Refusal, Result, Site
from migrate.source.notebook.document import NotebookText

_LINE = re.compile(r"\b(on )?line (\d+)\b")


def in_cells(site: Site, notebook: NotebookText) -> Site:
    """A site with its place in a notebook, and with cells where it speaks of lines.

    Args:
        site: A site of the notebook's program.
        notebook: The notebook.
    """

    def finding(one: Finding) -> Finding:
        message = said_of_cells(one.message, notebook)
        return replace(one, message=message, reason=_said(one.reason, notebook), place=notebook.place(one.line))

    def refusal(one: Refusal) -> Refusal:
        return replace(one, reason=said_of_cells(one.reason, notebook))

    return replace(
        site,
        message=said_of_cells(site.message, notebook),
        reason=_said(site.reason, notebook),
        findings=tuple(map(finding, site.findings)),
        refusals=tuple(map(refusal, site.refusals)),
        proved=tuple(said_of_cells(one, notebook) for one in site.proved),
        place=notebook.place(site.line),
    )


def result_in_cells(result: Result, notebook: NotebookText) -> Result:
    """A result for a notebook's program, said of its cells."""
    sites = tuple(in_cells(site, notebook) for site in result.sites)
    return replace(result, sites=sites, error=_said(result.error, notebook))


def said_of_cells(text: str, notebook: NotebookText) -> str:
    """A sentence about lines of a notebook's program, with cells and their lines in the place of these."""

    def place(match: re.Match[str]) -> str:
        found = notebook.place(int(match.group(2)))
        return f"{'in ' if match.group(1) else ''}cell {found.cell}, line {found.line}"

    return _LINE.sub(place, text)


def _said(text: str | None, notebook: NotebookText) -> str | None:
    return None if text is None else said_of_cells(text, notebook)
