"""What a page says beside its pictures."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from migrate.report.amounts import byte_text, shape_text
from migrate.report.inspection_words import (
    counts_text,
    frame_name,
    kind_text,
    needs,
    saved_elsewhere,
    tables_rows,
    tensors_text,
)
from migrate.report.next_step import convert_command
from migrate.report.scope_summary import summarize_scopes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.graph.inspection import Inspection, MetaGraphInspection
    from migrate.report.picture.subject import Subject

__all__ = ["counts_text", "part_of", "tables_of"]

_MOST_ROWS = 400
_NUMBER = Markup(' class="number"')


def part_of(subject: Subject, found: MetaGraphInspection, inspection: Inspection) -> dict[str, Any]:
    """What is said about a subject."""
    signature = next((other for other in found.signatures if other.definition.key == subject.key), None)
    proposal = next((other for other in found.proposals if other.key == subject.key), None)
    ends: list[tuple[str, ...]] = []
    if signature is not None:
        for label, infos in (("input", signature.definition.inputs), ("output", signature.definition.outputs)):
            ends += [(label, info.key, info.dtype, shape_text(info.shape), tensors_text(info)) for info in infos]
    elif proposal is not None:
        for label, candidates in (("input", proposal.inputs), ("output", proposal.outputs)):
            ends += [(label, one.name, one.dtype, shape_text(one.shape), one.tensor) for one in candidates]
    command = convert_command(inspection, found, proposal) if proposal is not None else ()
    return {
        "title": subject.title,
        "method": (signature.definition.method_name or "without method name") if signature is not None else "",
        "ends": ends,
        "facts": needs(signature, found) if signature is not None else [],
        "command": shlex.join(command),
    }


def tables_of(found: MetaGraphInspection) -> list[dict[str, Any]]:
    """The variables, tables and loops of a MetaGraph, as tables."""
    tables = []
    rows: list[tuple[str, ...]]
    columns: tuple[str, ...]
    if len(found.variables) > _MOST_ROWS:
        rows = [
            (
                group.name,
                f"{len(group.variables):,}",
                group.dtype,
                byte_text(group.byte_size),
                f"{group.trainable:,}",
            )
            for group in summarize_scopes(found.variables, _MOST_ROWS // 2)
        ]
        columns = ("scope", "variables", "dtype", "size", "trainable")
        note = f"{len(found.variables):,}, by scope"
        tables.append(_table("Variables", columns, rows, note=note, right=("variables", "size", "trainable")))
    elif found.variables:
        rows = [
            (
                variable.name,
                variable.dtype,
                shape_text(variable.shape),
                byte_text(variable.byte_size),
                kind_text(variable),
                "yes" if variable.trainable else "no",
                saved_elsewhere(variable),
            )
            for variable in found.variables
        ]
        columns = ("name", "dtype", "shape", "size", "kind", "trainable", "saved as")
        tables.append(_table("Variables", columns, rows, right=("size",)))
    if found.tables:
        rows = [tuple(row) for row in tables_rows(found)]
        tables.append(_table("Tables", ("name", "op", "maps", "filled from"), rows[:_MOST_ROWS]))
    if found.loops:
        rows = [
            (frame_name(loop.frame), f"{loop.nodes:,}", frame_name(loop.parent), ", ".join(loop.signatures))
            for loop in found.loops[:_MOST_ROWS]
        ]
        tables.append(_table("While loops", ("loop", "nodes", "inside", "signatures"), rows, right=("nodes",)))
    return tables


def _table(
    title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]], *, note: str = "", right: Sequence[str] = ()
) -> dict[str, Any]:
    filled = [any(row[i] for row in rows) for i in range(len(columns))]
    chosen = [i for i, is_filled in enumerate(filled) if is_filled]
    return {
        "title": title,
        "note": note,
        "columns": [columns[i] for i in chosen],
        "rows": [[row[i] for i in chosen] for row in rows],
        "numbers": [_NUMBER if columns[i] in right else "" for i in chosen],
    }
