"""Renders a Conversion: what was written, what was proved, what to know; JSON for programs (docs/json.md)."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from migrate.report.text import one_line
from migrate.report.verification import render_text as render_comparison
from migrate.report.verification import to_json as comparison_to_json
from migrate.verify.results import Status

if TYPE_CHECKING:
    from migrate.graph.convert import Conversion


def render_text(conversion: Conversion, *, colour: bool = False, width: int = 110) -> str:
    """The proof in full where it failed, else a few lines.

    Args:
        conversion: What became of the model.
        colour: Whether to colour it for a terminal.
        width: Of tables.

    Returns:
        Lines, the last one with its newline.
    """
    text = StringIO()
    console = Console(
        file=text, width=width, force_terminal=colour, color_system="standard" if colour else None, highlight=False
    )
    comparison = conversion.comparison
    if comparison is not None and not comparison.equal:
        text.write(render_comparison(comparison, colour=colour, width=width))
    style = "green" if comparison is not None and comparison.equal else "yellow"
    if conversion.out is None:
        console.print(Text("not written: it would not do what the source does", style="bold red"), soft_wrap=True)
        return text.getvalue()
    console.print(Text(one_line(f"written: {conversion.out}"), style=style), soft_wrap=True)
    for line in (_contents(conversion), _proof(conversion)):
        console.print(Text(one_line(f"  {line}")), soft_wrap=True)
    for note in conversion.notes:
        console.print(Text(one_line(f"  note: {note}")), soft_wrap=True)
    return text.getvalue()


def _contents(conversion: Conversion) -> str:
    keys = conversion.signatures
    parts = [f"{_count(len(keys), 'signature')} ({', '.join(keys)})"]
    variables = conversion.variables
    parts.append(f"{_count(len(variables), 'variable')}, {conversion.trainable} trainable")
    references = sum(variable.is_ref for variable in variables)
    if references:
        parts[-1] += f" ({references} had been reference variables)"
    if conversion.tables:
        parts.append(_count(conversion.tables, "lookup table"))
    if conversion.assets:
        parts.append(_count(conversion.assets, "asset file"))
    return "; ".join(parts)


def _proof(conversion: Conversion) -> str:
    comparison = conversion.comparison
    if comparison is None:
        return "not compared with the source (--no-verify)"
    errors = [error for signature in comparison.signatures if (error := signature.max_abs_error) is not None]
    largest = f", largest absolute error {max(errors):.3g}" if errors else ""
    equal = sum(signature.status is Status.EQUAL for signature in comparison.signatures)
    if comparison.equal:
        return f"proved equal to the source: signatures and numbers{largest}"
    return f"proved equal: {equal} of {len(comparison.signatures)} signatures; the others need --samples"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def to_json(conversion: Conversion) -> str:
    """A JSON object with `"version": 1`; docs/json.md describes it."""
    data: dict[str, Any] = {
        "version": 1,
        "source": str(conversion.source),
        "out": None if conversion.out is None else str(conversion.out),
        "tags": list(conversion.tags),
        "signatures": list(conversion.signatures),
        "variables": [
            {
                "name": variable.name,
                "dtype": variable.dtype,
                "shape": None if variable.shape is None else list(variable.shape),
                "trainable": variable.trainable,
                "was_reference": variable.is_ref,
            }
            for variable in conversion.variables
        ],
        "tables": conversion.tables,
        "assets": conversion.assets,
        "notes": list(conversion.notes),
        "verification": None
        if conversion.comparison is None
        else json.loads(comparison_to_json(conversion.comparison)),
    }
    return json.dumps(data, indent=2) + "\n"
