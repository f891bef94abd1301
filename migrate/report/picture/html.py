"""An Inspection as one self-contained page with pictures, in which boxes can be opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from migrate.report.inlined import script_json, source_hash
from migrate.report.inspection_json import as_dict
from migrate.report.inspection_words import header_text
from migrate.report.picture.draw import picture_of, units_of
from migrate.report.picture.flow import flow_of
from migrate.report.picture.inside import insides, openable
from migrate.report.picture.layout import lay_out
from migrate.report.picture.page_parts import counts_text, part_of, tables_of
from migrate.report.picture.subject import subjects
from migrate.report.picture.svg import STYLE, clean, render_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.graph.inspection import Inspection, MetaGraphInspection
    from migrate.graph.view import MetaGraphView
    from migrate.report.picture.subject import Subject

_HERE = Path(__file__).parent
_MOST_BYTES = 1_100_000
"""For all that is inside boxes."""

_MOST_INSIDES = 120
_MOST_PICTURES = 24


def render_html(inspection: Inspection, views: Sequence[MetaGraphView]) -> str:
    """The page.

    Args:
        inspection: The model, or what was chosen of it.
        views: The graphs of its MetaGraphs, found by their tags.
    """
    by_tags = {view.tags: view for view in views}
    maker = _Maker()
    model = as_dict(inspection)
    pages = [
        {
            "found": found,
            "counts": counts_text(meta_graph),
            "parts": maker.parts(by_tags[meta_graph.tags], meta_graph, inspection),
            "tables": tables_of(meta_graph),
        }
        for meta_graph, found in zip(inspection.meta_graphs, model["meta_graphs"], strict=True)
    ]
    script = (_HERE / "page.js").read_text("utf-8")
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, finalize=_finalize
    )
    return environment.get_template("page.html.jinja").render(
        model=model,
        summary=header_text(inspection),
        pages=pages,
        insides=Markup(script_json(maker.insides)),
        css=Markup((_HERE / "page.css").read_text("utf-8") + STYLE),
        script=Markup(script),
        script_hash=source_hash(script),
    )


@dataclass(slots=True)
class _Maker:
    """Draws the pictures of a page, and keeps count of what is inside them."""

    insides: dict[str, dict[str, str]] = field(default_factory=dict)
    size: int = 0
    pictures: int = 0

    def parts(self, view: MetaGraphView, found: MetaGraphInspection, inspection: Inspection) -> list[dict[str, Any]]:
        """The signatures of a MetaGraph."""
        drawn = subjects(view, found)
        shares = max(min(len(drawn) * len(inspection.meta_graphs), _MOST_PICTURES), 1)
        return [self._part(view, subject, found, inspection, shares) for subject in drawn]

    def _part(
        self,
        view: MetaGraphView,
        subject: Subject,
        found: MetaGraphInspection,
        inspection: Inspection,
        shares: int,
    ) -> dict[str, Any]:
        key = f"picture{self.pictures}"
        self.pictures += 1
        flow = flow_of(view, subject)
        units = units_of(flow)
        picture = picture_of(flow, units)
        svg = render_svg(lay_out(picture), heading=False, style=False, openable=openable(key, units))
        if self.pictures <= _MOST_PICTURES:
            room = self.size + _MOST_BYTES // shares
            inner = insides(key, flow, units, picture.boxes)
            numbered = zip(range(max(_MOST_INSIDES // shares, 4)), inner, strict=False)
            for _, inside in takewhile(lambda pair: self.size + len(pair[1].packed) < room, numbered):
                self.insides[inside.key] = {"title": inside.title, "packed": inside.packed}
                self.size += len(inside.packed)
        return {**part_of(subject, found, inspection), "key": key, "svg": Markup(svg)}


def _finalize(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
