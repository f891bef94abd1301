"""From a signature to its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.report.amounts import count
from migrate.report.picture.assemble import Assembler
from migrate.report.picture.collapse import collapse
from migrate.report.picture.flow import flow_of
from migrate.report.picture.layout import lay_out
from migrate.report.picture.scopes import scope_tree
from migrate.report.picture.subject import subjects
from migrate.report.picture.svg import render_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.graph.inspection import Inspection
    from migrate.graph.view import MetaGraphView
    from migrate.report.picture.boxes import Picture
    from migrate.report.picture.flow import Flow
    from migrate.report.picture.subject import Subject
    from migrate.report.picture.units import Unit

MOST_BOXES = 40


def signature_svg(inspection: Inspection, views: Sequence[MetaGraphView], key: str | None) -> tuple[str, str]:
    """The picture of one signature, and what to say about the choice.

    Args:
        inspection: The model.
        views: Its graphs.
        key: The signature; by default `serving_default`, else the first.

    Raises:
        MigrateError: There is no such signature; the message lists those that there are.
    """
    found = [
        (view, subject)
        for view, meta_graph in zip(views, inspection.meta_graphs, strict=True)
        for subject in subjects(view, meta_graph)
    ]
    keys = [subject.key for _, subject in found]
    if key is None:
        chosen = next((pair for pair in found if pair[1].key == "serving_default"), found[0])
    else:
        chosen = next((pair for pair in found if pair[1].key == key), None)  # type: ignore[assignment]
        if chosen is None:
            there = ", ".join(dict.fromkeys(filter(None, keys)))
            raise MigrateError(f"{inspection.path}: no signature {key!r}; there is: {there or 'none'}")
    view, subject = chosen
    others = [other for other in dict.fromkeys(keys) if other != subject.key]
    said = f" (signature {subject.key}; --signature draws another: {', '.join(others)})" if others and not key else ""
    flow = flow_of(view, subject)
    return render_svg(lay_out(picture_of(flow, units_of(flow)))) + "\n", said


def units_of(flow: Flow) -> list[Unit]:
    """The units of the whole subject."""
    return collapse(scope_tree(flow, flow.graph), flow, units_room(flow.subject))


def units_room(subject: Subject) -> int:
    """How many units a picture may have beside its inputs and outputs."""
    ends = min(len(subject.inputs), 8) + min(len(subject.outputs), 8)
    return max(MOST_BOXES - ends - 4, 12)


def picture_of(flow: Flow, units: Sequence[Unit]) -> Picture:
    """The picture of the whole subject."""
    caption = (
        f"{count(len(flow.subject.nodes), 'node')}; {groups_text(len(flow.graph), len(units))}, constants left out"
    )
    return Assembler(flow, units).picture(flow.subject.title, caption)


def groups_text(operations: int, groups: int) -> str:
    """How many operations are drawn, and in how many boxes."""
    drawn = count(operations, "operation")
    return drawn if operations == groups else f"{drawn} in {count(groups, 'group')}"
