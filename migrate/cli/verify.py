"""`tf-migrate verify A B`: are two models, or what two scripts export, equal, and where do they differ?"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from migrate.report.proof_page import Asked
    from migrate.verify import Comparison
    from migrate.verify.scripts import ScriptComparison


class Format(StrEnum):
    """How to print the result."""

    TEXT = "text"
    JSON = "json"


def verify(
    a: Annotated[
        Path | None, typer.Argument(metavar="A", help="A SavedModel directory, written by TF1 or TF2.")
    ] = None,
    b: Annotated[Path | None, typer.Argument(metavar="B", help="The SavedModel to compare it with.")] = None,
    args: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- ARGS]", help="With --scripts: the arguments of both; {out} is where to export."),
    ] = None,
    scripts: Annotated[
        bool,
        typer.Option("--scripts", help="A and B are Python scripts: run them and compare what they export."),
    ] = False,
    samples: Annotated[
        Path | None,
        typer.Option(metavar="FILE.npz", help="Inputs by SIGNATURE/INPUT, instead of generated ones."),
    ] = None,
    save_samples: Annotated[
        Path | None,
        typer.Option(metavar="FILE.npz", help="Write the inputs that were used, to give them again with --samples."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the generated inputs.")] = 0,
    tags: Annotated[str, typer.Option(metavar="T,..", help="Tags of the MetaGraph to compare.")] = "serve",
    output_format: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TEXT,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page with all of it and pictures of the errors, too.")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Keep the proof of what is equal there, to check it again."),
    ] = None,
    recheck: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Check a proof again: B of today (or A, if given) against its answers."),
    ] = None,
    tf1_python: Annotated[
        Path | None,
        typer.Option(metavar="PYTHON", help="What runs A.  [default: $TF1_PYTHON, or found by itself]"),
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=1, help="What a script may take.")] = 600,
    network: Annotated[bool, typer.Option("--network", help="Let the scripts use the network.")] = False,
    env: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A variable for the scripts (repeatable).")
    ] = None,
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep what the scripts exported there.")] = None,
) -> None:
    """Compare two models: signatures, dtypes, shapes, method names and numbers.

    With --scripts A and B are run, A by TensorFlow 1 where it is found, each in a directory and an environment of
    its own. --tf1-python, --timeout, --network, --env and --keep are for scripts.

    With --recheck FILE only B is needed: its recorded script is run, or its recorded model loaded, and compared with
    what A answered when the proof was recorded. A script or model that is named takes the place of B.

    Exit code 0: proved equal. 1: different, or not proved. 2: a model or the samples cannot be read, or a script
    fails.
    """
    import sys
    from shutil import get_terminal_size

    from migrate.cli.output import out, wants_colour
    from migrate.cli.scripts import ScriptOptions, verify_scripts_command
    from migrate.report.verification import render_text, to_json
    from migrate.verify import verify_models

    if html is not None:
        from migrate.report.proof_page import require_place

        require_place(html)
    if recheck is not None:
        from migrate.cli.recheck import recheck_command

        fixed = {
            "--scripts": scripts, "--samples": samples, "--save-samples": save_samples, "--seed": seed, "--keep": keep,
            "--tags": tags != "serve", "--record": record, "--tf1-python": tf1_python, "B": b, "ARGS": args,
        }  # fmt: skip
        if taken := next((name for name, value in fixed.items() if value), None):
            raise typer.BadParameter("the proof says it already", param_hint=taken)
        options = ScriptOptions(timeout=timeout, network=network, environment=tuple(env or ()))
        again = recheck_command(recheck, a, options, as_json=output_format is Format.JSON)
        if html is not None:
            from migrate.report.proof_page import Asked

            asked = Asked(timeout=timeout, network=network, variables=tuple(options.added), proof=recheck, after=a)
            _write_page(html, again, asked)
        raise typer.Exit(int(not again.equal))
    if a is None or b is None:
        hint = "A" if a is None else "B"
        raise typer.BadParameter(
            "missing: two models, or --scripts and two scripts, or --recheck FILE", param_hint=hint
        )
    if scripts:
        if tags != "serve":
            raise typer.BadParameter("of scripts all MetaGraphs are compared", param_hint="--tags")
        if save_samples:
            raise typer.BadParameter("it is for two models", param_hint="--save-samples")
        options = ScriptOptions(tf1_python, timeout, network, tuple(env or ()), keep, record)
        as_json = output_format is Format.JSON
        ran = verify_scripts_command(a, b, args or (), samples, seed, options, as_json=as_json)
        if html is not None:
            from migrate.report.proof_page import Asked

            variables = tuple(options.added)
            _write_page(html, ran, Asked(seed, samples, tuple(args or ()), timeout, network, variables))
        raise typer.Exit(int(not ran.equal))
    if args or tf1_python or network or env or keep:
        raise typer.BadParameter("arguments and options for scripts need --scripts", param_hint="--scripts")
    wanted = tuple(tag.strip() for tag in tags.split(",") if tag.strip())
    comparison = verify_models(a, b, samples=samples, seed=seed, tags=wanted, save_samples=save_samples, record=record)
    if output_format is Format.JSON:
        out(to_json(comparison))
    else:
        width = get_terminal_size((110, 24)).columns
        out(render_text(comparison, colour=wants_colour(sys.stdout), width=width))
    if html is not None:
        from migrate.report.proof_page import Asked

        _write_page(html, comparison, Asked(seed, samples))
    if not comparison.equal:
        raise typer.Exit(1)


def _write_page(path: Path, comparison: Comparison | ScriptComparison, asked: Asked) -> None:
    """Writes the page of a proof and says so on stderr."""
    from migrate.cli.output import err
    from migrate.report.proof_page import write_page
    from migrate.report.text import one_line

    write_page(path, comparison, asked)
    err(f"{one_line(f'written: {path}')}\n")
