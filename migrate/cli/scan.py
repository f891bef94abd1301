"""`tf-migrate scan PATH...`: what there is to migrate, and why not more of it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated

import typer

from migrate.cli.delivery import Format, annotated, sarif
from migrate.cli.output import error_line, out, wants_colour


def scan(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Python files, notebooks and directories.")],
    format_: Annotated[Format, typer.Option("--format", help="The form of the report.")] = Format.TEXT,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Leave these out, as in a .gitignore (repeatable)."),
    ] = None,
    jobs: Annotated[int, typer.Option(metavar="N", min=0, help="Processes to use; 0 is one for every CPU.")] = 0,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if a site is flagged.")] = False,
) -> None:
    """List the sites, the levels they would reach, and every reason for not more.

    Writes nothing. Exit codes: 0 done, 1 a site is flagged (--strict), 2 an error.
    """
    from migrate.engine import Planned
    from migrate.paths import rewrite_paths
    from migrate.planning import plan_paths
    from migrate.results import Level
    from migrate.settings import read_settings

    settings = read_settings(paths)
    if exclude:
        settings = replace(settings, exclude=tuple(exclude), root="")
    if format_ is Format.SARIF:
        planned = list(plan_paths(paths, settings, jobs=jobs))
    else:
        planned = [Planned(result) for result in rewrite_paths(paths, settings, jobs=jobs)]
    results = [one.result for one in planned]
    for result in results:
        if result.error is not None:
            error_line(f"{result.path}: {result.error}")
    if format_ is Format.JSON:
        from migrate.report.scan_json import inventory_json

        out(inventory_json(results))
    elif format_ is Format.SARIF:
        out(sarif(results, {one.result.path: one.proposals for one in planned}, paths))
    elif format_ is Format.GITHUB:
        out(annotated(results, paths))
    else:
        from migrate.report.scan_text import inventory_text, totals_text

        out(inventory_text(results, colour=wants_colour(sys.stdout)) + totals_text(results))
    if any(result.error is not None for result in results):
        raise typer.Exit(2)
    flagged = any(site.level is Level.FLAGGED for result in results for site in result.sites)
    raise typer.Exit(int(strict and flagged))
