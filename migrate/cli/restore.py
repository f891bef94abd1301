"""`tf-migrate restore MODEL`: the method names, keys and tensor names that TF2's export has lost."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Keys = list[str] | None


class Format(StrEnum):
    """How to print the result."""

    TEXT = "text"
    JSON = "json"


def restore(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", readable=False, help="A SavedModel directory; changed in place.")
    ],
    classify: Annotated[
        Keys, typer.Option(metavar="KEY", help="Give this signature the method name of the Classify API.")
    ] = None,
    regress: Annotated[Keys, typer.Option(metavar="KEY", help="Likewise, the Regress API.")] = None,
    predict: Annotated[Keys, typer.Option(metavar="KEY", help="Likewise, the Predict API.")] = None,
    original: Annotated[
        Path | None,
        typer.Option("--from", metavar="ORIGINAL", help="Take the method names from the model that this one replaces."),
    ] = None,
    copy: Annotated[Keys, typer.Option(metavar="OLD=NEW", help="Give a signature a second key.")] = None,
    rename: Annotated[Keys, typer.Option(metavar="OLD=NEW", help="Give a signature another key.")] = None,
    remove: Annotated[Keys, typer.Option(metavar="KEY", help="Remove a signature.")] = None,
    rename_input: Annotated[
        Keys, typer.Option(metavar="SIG:OLD=NEW", help="Give an input of a signature another key.")
    ] = None,
    rename_output: Annotated[
        Keys, typer.Option(metavar="SIG:OLD=NEW", help="Give an output of a signature another key.")
    ] = None,
    examples: Annotated[
        str | None,
        typer.Option(
            metavar="SPEC",
            help="With one --classify or --regress: make the signature parse serialized tf.Examples with these "
            "features: text, a JSON file, or `original` (docs/serve-classify-regress.md).",
        ),
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option(metavar="OUTPUT|FILE", help="With --examples: the classes, an output or a file of words."),
    ] = None,
    scores: Annotated[str | None, typer.Option(metavar="OUTPUT", help="With --examples: the classes' scores.")] = None,
    outputs: Annotated[
        str | None, typer.Option(metavar="OUTPUT", help="With --examples and --regress: the regressed value.")
    ] = None,
    tensor_names: Annotated[
        bool, typer.Option("--tensor-names", help="With --from: put its tensor names back (docs/old-clients.md).")
    ] = False,
    tags: Annotated[
        str | None, typer.Option(metavar="T,..", help="Change the MetaGraph with these tags; all by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a whole new model there, and leave MODEL as it is.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace DIR if it exists.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write also what could never serve.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; print a diff of the signatures.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the last restore in place.")] = False,
    output_format: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TEXT,
) -> None:
    """Give the signatures of a SavedModel what TF2's export has lost; nothing else in it changes.

    Keys in --classify, --regress, --predict, --rename-input and --rename-output are those after --copy, --rename
    and --remove.

    Exit code 0: done, or nothing to do. 1: done, but ORIGINAL has signatures that MODEL has not. 2: the model
    cannot be read or written, or a signature could never serve; then nothing has changed.
    """
    from migrate.restore.command import Request, run

    request = Request(
        model=model,
        classify=tuple(classify or ()),
        regress=tuple(regress or ()),
        predict=tuple(predict or ()),
        original=original,
        copy=tuple(copy or ()),
        rename=tuple(rename or ()),
        remove=tuple(remove or ()),
        rename_input=tuple(rename_input or ()),
        rename_output=tuple(rename_output or ()),
        examples=examples,
        classes=classes,
        scores=scores,
        outputs=outputs,
        tensor_names=tensor_names,
        tags=None if tags is None else tuple(tag.strip() for tag in tags.split(",") if tag.strip()),
        out=out,
        overwrite=overwrite,
        force=force,
        dry_run=dry_run,
    )
    import sys

    from migrate.cli.output import out as print_out
    from migrate.cli.output import wants_colour

    if undo:
        from migrate.errors import MigrateError
        from migrate.restore import undo as take_back

        if request != Request(model=model):
            raise MigrateError("--undo goes with no other option")
        left = take_back(model)
        print_out(f"undone: {model}" + (f" ({left} more to undo)\n" if left else "\n"))
        return
    from migrate.report.restoration import render_diff, render_text, to_json

    restoration = run(request)
    colour = wants_colour(sys.stdout)
    if output_format is Format.JSON:
        print_out(to_json(restoration))
    elif dry_run:
        print_out(render_diff(restoration, colour=colour) + render_text(restoration, colour=colour))
    else:
        print_out(render_text(restoration, colour=colour))
    if restoration.unmatched:
        raise typer.Exit(1)
