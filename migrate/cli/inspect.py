"""`tf-migrate inspect MODEL`: what is in a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def inspect(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A SavedModel, MetaGraphDef (.meta) or GraphDef.")],
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="PREFIX", help="The variables' checkpoint, where it is not beside the model."),
    ] = None,
    tags: Annotated[
        str | None, typer.Option(metavar="T,..", help="Tags of one MetaGraph; by default all are shown.")
    ] = None,
    signature: Annotated[str | None, typer.Option(metavar="KEY", help="Show this signature only.")] = None,
    every: Annotated[bool, typer.Option("--all", help="List every variable, however many there are.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (docs/json.md) instead of text.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page with pictures of the signatures.")
    ] = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a picture of one signature.")] = None,
    op_library: Annotated[
        list[Path] | None, typer.Option(metavar="LIB", help="A library with custom operations; loading it runs it.")
    ] = None,
) -> None:
    """Show what is in a model: signatures, variables, tables, loops, hazards. Nothing of it is run.

    With --html or --svg the text is not printed, unless --json asks for it.
    Exit code 0: shown. 2: the model cannot be read.
    """
    import sys
    from shutil import get_terminal_size

    from migrate.cli.output import err, out, wants_colour
    from migrate.graph.analyze import inspect_views
    from migrate.report.chosen import choose_signature
    from migrate.report.files import write_report
    from migrate.report.inspection_json import to_json
    from migrate.report.text import one_line

    wanted = None if tags is None else tuple(tag.strip() for tag in tags.split(",") if tag.strip())
    libraries = [str(library) for library in op_library or ()]
    inspection, views = inspect_views(model, checkpoint=checkpoint, tags=wanted, op_libraries=libraries)
    chosen = inspection if signature is None else choose_signature(inspection, signature)
    if as_json:
        out(to_json(chosen))
    if svg is not None:
        from migrate.report.picture.draw import signature_svg

        picture, said = signature_svg(inspection, views, signature)
        write_report(svg, picture)
        err(one_line(f"written: {svg}{said}") + "\n")
    if html is not None:
        from migrate.report.picture.html import render_html

        write_report(html, render_html(chosen, views))
        err(one_line(f"written: {html}") + "\n")
    if not (as_json or html or svg):
        from migrate.report.inspection_text import render_text

        width = get_terminal_size((100, 24)).columns
        out(render_text(chosen, colour=wants_colour(sys.stdout), width=width, full=every))
