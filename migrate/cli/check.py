"""`tf-migrate check MODEL`: would its clients be served?"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How to print the result."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class Profile(StrEnum):
    """What the model is for."""

    SERVING = "serving"
    XAI = "xai"


def check(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", readable=False, help="A SavedModel directory, written by TF1 or TF2.")
    ],
    tags: Annotated[
        str | None, typer.Option(metavar="T,..", help="Tags of one MetaGraph; by default all are checked.")
    ] = None,
    profile: Annotated[
        Profile, typer.Option(help="What it is for: TensorFlow Serving, or AI Explanations as well.")
    ] = Profile.SERVING,
    against: Annotated[
        Path | None,
        typer.Option(metavar="ORIGINAL", help="The model whose place it takes: what would clients notice?"),
    ] = None,
    runtime: Annotated[
        str | None, typer.Option(metavar="VERSION", help="A TensorFlow that has to load it, e.g. 1.15.")
    ] = None,
    run: Annotated[
        bool, typer.Option("--run", help="Call classify and regress signatures with serialized tf.Examples.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Print only the `restore` command that mends it.")] = False,
    output_format: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TEXT,
) -> None:
    """Say for each signature whether TensorFlow Serving's Predict, Classify and Regress would take it.

    Nothing of the model is run without --run.
    Exit code 0: nothing wrong. 1: an error or a warning was found. 2: the model cannot be read.
    """
    import sys

    from migrate.check import check_model
    from migrate.cli.output import err, out, wants_colour

    result = check_model(
        model,
        tags=None if tags is None else [tag.strip() for tag in tags.split(",") if tag.strip()],
        profile=profile,
        against=against,
        runtime=runtime,
        run=run,
    )
    if fix:
        from migrate.report.check_text import mended, render_commands

        out(render_commands(result))
        wrong = sum(finding.counts for finding in result.findings)
        if wrong:
            said = f"it mends {mended(result)} of {wrong}" if result.commands else f"restore mends none of {wrong}"
            err(f"{said}; `tf-migrate check` without --fix shows them\n")
        else:
            err("nothing wrong, nothing to mend\n")
    elif output_format is Format.JSON:
        from migrate.report.check_json import to_json

        out(to_json(result))
    elif output_format is Format.SARIF:
        from migrate.report.check_sarif import render_sarif

        out(render_sarif(result))
    else:
        from migrate.report.check_text import render_text

        out(render_text(result, colour=wants_colour(sys.stdout)))
    if not result.ok:
        raise typer.Exit(1)
