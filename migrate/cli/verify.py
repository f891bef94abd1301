"""`tf-migrate verify A B`: are two models equal, and where do they differ?"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How to print the result."""

    TEXT = "text"
    JSON = "json"


def verify(
    a: Annotated[Path, typer.Argument(metavar="A", help="A SavedModel directory, written by TF1 or TF2.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="The SavedModel to compare it with.")],
    samples: Annotated[
        Path | None,
        typer.Option(metavar="FILE.npz", help="Inputs by SIGNATURE/INPUT, instead of generated ones."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the generated inputs.")] = 0,
    tags: Annotated[str, typer.Option(metavar="T,..", help="Tags of the MetaGraph to compare.")] = "serve",
    output_format: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TEXT,
) -> None:
    """Compare two models: signatures, dtypes, shapes, method names and numbers.

    Exit code 0: proved equal. 1: different, or not proved. 2: a model or the samples cannot be read.
    """
    import sys
    from shutil import get_terminal_size

    from migrate.cli.output import out, wants_colour
    from migrate.report.verification import render_text, to_json
    from migrate.verify import verify_models

    wanted = tuple(tag.strip() for tag in tags.split(",") if tag.strip())
    comparison = verify_models(a, b, samples=samples, seed=seed, tags=wanted)
    if output_format is Format.JSON:
        out(to_json(comparison))
    else:
        width = get_terminal_size((110, 24)).columns
        out(render_text(comparison, colour=wants_colour(sys.stdout), width=width))
    if not comparison.equal:
        raise typer.Exit(1)
