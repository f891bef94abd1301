"""`tf-migrate convert MODEL OUT`: a TF1 model as a genuine TF2 SavedModel."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How to print the result."""

    TEXT = "text"
    JSON = "json"


def convert(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A SavedModel, MetaGraphDef (.meta) or GraphDef.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The SavedModel directory to write.")],
    tags: Annotated[
        str | None, typer.Option(metavar="T,..", help="Tags of the MetaGraph, where there are several.")
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="PREFIX", help="The variables' checkpoint, where it is not beside the model."),
    ] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", metavar="NAME=TENSOR", help="An input of a new signature.")
    ] = None,
    outputs: Annotated[
        list[str] | None, typer.Option("--output", metavar="NAME=TENSOR", help="An output of a new signature.")
    ] = None,
    signature: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="With --input and --output: the new signature's key. Without: convert this one only; `auto` is the "
            "one that inspect proposes.",
        ),
    ] = None,
    signatures: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Several new signatures at once (docs/convert.md).")
    ] = None,
    expose: Annotated[
        list[str] | None, typer.Option(metavar="KEY=TENSOR", help="A signature that returns an inner tensor.")
    ] = None,
    keep_training: Annotated[
        bool, typer.Option("--keep-training", help="Keep also the variables that no signature needs.")
    ] = False,
    runtime: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Write what this older TensorFlow can load, e.g. 1.15.")
    ] = None,
    code: Annotated[
        Path | None, typer.Option(metavar="FILE.py", help="Write the Python that does this conversion, too.")
    ] = None,
    samples: Annotated[
        Path | None, typer.Option(metavar="FILE.npz", help="Inputs for the proof, by SIGNATURE/INPUT.")
    ] = None,
    op_library: Annotated[
        list[Path] | None, typer.Option(metavar="LIB", help="A library with custom operations; loading it runs it.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it exists.")] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Convert and run a model that writes files or calls Python functions.")
    ] = False,
    verify: Annotated[bool, typer.Option("--verify/--no-verify", help="Run both models and compare them.")] = True,
    output_format: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TEXT,
) -> None:
    """Convert a TF1 model into a TF2 SavedModel with trainable variables, and prove that nothing changed.

    Exit code 0: written, and proved equal (or not asked to). 1: not proved, or different and therefore not
    written. 2: the model cannot be read or converted.
    """
    import sys
    from shutil import get_terminal_size

    from migrate.cli.output import out as print_out
    from migrate.cli.output import wants_colour
    from migrate.graph.convert import convert_model
    from migrate.graph.requests import parse_assignments, requested_signatures
    from migrate.report.conversion import render_text, to_json

    only, requested = requested_signatures(signature or (), inputs or (), outputs or (), signatures)
    conversion = convert_model(
        model,
        out,
        tags=None if tags is None else [tag.strip() for tag in tags.split(",") if tag.strip()],
        checkpoint=checkpoint,
        signatures=requested,
        only=only,
        expose=parse_assignments("--expose", expose or ()),
        keep_training=keep_training,
        runtime=runtime,
        code=code,
        overwrite=overwrite,
        trust=trust,
        verify=verify,
        samples=samples,
        op_libraries=[str(library) for library in op_library or ()],
    )
    if output_format is Format.JSON:
        print_out(to_json(conversion))
    else:
        width = get_terminal_size((110, 24)).columns
        print_out(render_text(conversion, colour=wants_colour(sys.stdout), width=width))
    if conversion.comparison is not None and not conversion.comparison.equal:
        raise typer.Exit(1)
