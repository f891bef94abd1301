"""A layout as SVG text: no script, no style of others, no font that has to be fetched."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from migrate.report.picture.boxes import Box, BoxKind, Row
from migrate.report.picture.measure import (
    CAPTION,
    LABEL,
    LINE,
    MOST_LABEL,
    PADDING,
    ROW,
    ROW_LINE,
    TITLE,
    box_texts,
    header_height,
    row_texts,
    shorten,
    shorten_end,
    text_width,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrate.report.picture.layout import Layout, Placed, Point, Route

_INK, _DIM, _LINE, _RED, _AMBER = "#1b2733", "#4d5b69", "#66788a", "#b3161b", "#8a5a00"
_SEVERITIES = {"blocks": _RED, "changes": _AMBER}
_FILLS = {
    BoxKind.INPUT: ("#dcf0e1", "#2c7a43"),
    BoxKind.OUTPUT: ("#e2e4fb", "#4248a8"),
    BoxKind.SCOPE: ("#ffffff", "#66788a"),
    BoxKind.OPERATIONS: ("#f5f7f9", "#93a1af"),
    BoxKind.LOOP: ("#fdf3dc", "#9a6b08"),
    BoxKind.VARIABLES: ("#e3f1fa", "#3c7ea6"),
    BoxKind.TABLE: ("#f3e6f5", "#86458f"),
    BoxKind.PLACEHOLDER: ("#f0f0e4", "#77774d"),
    BoxKind.OUTSIDE: ("#ffffff", "#93a1af"),
}
_TILES = {"trainable": "#2f7fb0", "fixed": "#9db4c3", "constant": "#a79b86", "end": "#93a1af", "more": "none"}
_FONT = "'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono','Courier New',monospace"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")

STYLE = (
    f"text{{font-family:{_FONT};fill:{_INK};white-space:pre;text-rendering:geometricPrecision}}"
    f".t{{font-size:{TITLE:g}px;font-weight:bold}}.c{{font-size:{CAPTION:g}px;fill:{_DIM}}}"
    f".r{{font-size:{ROW:g}px}}.d{{fill:{_DIM}}}.l{{font-size:{LABEL:g}px;fill:{_DIM}}}"
    f".e{{fill:none;stroke:{_LINE};stroke-linejoin:round}}.o{{stroke-dasharray:2 4}}.k{{stroke-dasharray:7 4}}"
    f".a{{fill:{_LINE}}}.p{{display:none;fill:none;stroke-width:1.6}}.m{{fill:{_RED}}}.w{{fill:#fff;font-size:12px;font-weight:bold}}"
)
"""The classes of the shapes; a page with several pictures needs them once."""


def render_svg(
    layout: Layout, *, heading: bool = True, style: bool = True, openable: Mapping[int, str] | None = None
) -> str:
    """The picture as one `<svg>` element.

    Args:
        layout: The picture.
        heading: Whether title and caption are drawn on top.
        style: Whether the element brings its style sheet.
        openable: For the numbers of boxes that can be opened, the id of what is inside.
    """
    top = 50.0 if heading else 0.0
    title, caption = clean(layout.picture.title), clean(layout.picture.caption)
    width = max(layout.width, (text_width(caption, CAPTION) + 48) if heading else 0.0, 160.0)
    shift = (width - layout.width) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(layout.height + top)}" '
        f'width="{_n(width)}" height="{_n(layout.height + top)}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>" if style else "",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    if heading:
        parts.append(
            f'<text class="t" x="24" y="28">{escape(shorten(title, int((width - 48) / (TITLE * 0.605))))}</text>'
        )
        parts.append(f'<text class="c" x="24" y="45">{escape(caption)}</text>')
    parts.append(f'<g transform="translate({_n(shift)} {_n(top)})">')
    for route in layout.routes:
        parts.append(_arrow(route))
    for route in layout.routes:
        if route.label_at is not None:
            parts.append(_label(route.link.label, route.label_at))
    for placed in layout.boxes:
        parts.append(_box(placed, (openable or {}).get(placed.box.number)))
    parts.append("</g></svg>")
    return "".join(part for part in parts if part)


def escape(text: str) -> str:
    """Text for XML, in content and in attributes."""
    text = clean(text)
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(char, entity)
    return text


def clean(text: str) -> str:
    """Text without what XML does not allow, and without what steers a terminal or the direction of writing."""
    return _CONTROL.sub(lambda found: "\n" if found.group() == "\n" else "\N{REPLACEMENT CHARACTER}", text)


def _box(placed: Placed, inside: str | None) -> str:
    box = placed.box
    fill, stroke = _FILLS[box.kind]
    worst = box.marks[0].severity if box.marks else ""
    edge = 1.2
    if worst in _SEVERITIES:
        stroke, edge = _SEVERITIES[worst], 2.2
    parts = [f'<g class="b" data-open="{escape(inside)}">' if inside else '<g class="b">']
    parts.append(f"<title>{escape(box.tooltip)}</title>")
    dash = ' stroke-dasharray="4 3"' if box.kind is BoxKind.OUTSIDE else ""
    radius = 14 if box.kind in (BoxKind.INPUT, BoxKind.OUTPUT, BoxKind.PLACEHOLDER) else 5
    shape = (
        f'x="{_n(placed.x)}" y="{_n(placed.y)}" width="{_n(placed.width)}" height="{_n(placed.height)}" rx="{radius}"'
    )
    if box.kind is BoxKind.SCOPE and len(box.title.split(" … ")) > 1:
        parts.append(_stack_shadow(placed, stroke))
    parts.append(f'<rect {shape} fill="{fill}" stroke="{stroke}" stroke-width="{edge:g}"{dash}/>')
    parts.extend(_header(placed, inside is not None, stroke))
    parts.extend(_rows(placed))
    parts.append("</g>")
    return "".join(parts)


def _stack_shadow(placed: Placed, stroke: str) -> str:
    """Edges of sheets below: the box stands for several scopes."""
    return "".join(
        f'<rect x="{_n(placed.x + by)}" y="{_n(placed.y + by)}" width="{_n(placed.width)}" '
        f'height="{_n(placed.height)}" rx="5" fill="#fff" stroke="{stroke}"/>'
        for by in (6, 3)
    )


def _header(placed: Placed, opens: bool, stroke: str) -> Iterator[str]:
    box = placed.box
    title, caption = box_texts(box)
    x, y = placed.x + PADDING, placed.y + 6 + LINE - 4
    yield f'<text class="t" x="{_n(x)}" y="{_n(y)}">{escape(title)}</text>'
    if caption:
        yield f'<text class="c" x="{_n(x)}" y="{_n(y + LINE - 1)}">{escape(caption)}</text>'
    right = placed.x + placed.width - 6
    if box.kind is BoxKind.LOOP:
        yield _loop_sign(right - 8, placed.y + header_height(box) - 12, stroke)
        right -= 20
    if opens:
        # A plus in the lower right corner of the header; the page shows it where there is something to open.
        cx, cy = right - 6, placed.y + header_height(box) - 11
        yield f'<path class="p" d="M{_n(cx - 4)} {_n(cy)}h8m-4-4v8" stroke="{stroke}"/>'
    if box.marks:
        yield _warning_sign(right - 8, placed.y + 13, box)


def _loop_sign(cx: float, cy: float, stroke: str) -> str:
    return (
        f'<path d="M{_n(cx + 5)} {_n(cy - 1)}a5 5 0 1 1 -2 -3.4" fill="none" stroke="{stroke}" stroke-width="1.6"/>'
        f'<path d="M{_n(cx + 6)} {_n(cy - 7)}l-.4 5-4.4-2.2z" fill="{stroke}"/>'
    )


def _warning_sign(cx: float, cy: float, box: Box) -> str:
    colour = _SEVERITIES.get(box.marks[0].severity, _LINE)
    said = escape("\n".join(mark.text for mark in box.marks))
    return (
        f'<g><title>{said}</title><path d="M{_n(cx)} {_n(cy - 8)}l9 16h-18z" fill="{colour}"/>'
        f'<text class="w" x="{_n(cx)}" y="{_n(cy + 6.5)}" text-anchor="middle">!</text></g>'
    )


def _rows(placed: Placed) -> Iterator[str]:
    box = placed.box
    if not box.rows:
        return
    top = placed.y + header_height(box)
    fill = "#e3f1fa" if box.kind in (BoxKind.SCOPE, BoxKind.OPERATIONS, BoxKind.LOOP) else "none"
    left, right = placed.x + 3, placed.x + placed.width - 3
    height = placed.y + placed.height - top - 3
    yield f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" height="{_n(height)}" rx="3" fill="{fill}"/>'
    for number, row in enumerate(box.rows):
        yield _row(row, left, right, top + 2 + number * ROW_LINE)


def _row(row: Row, left: float, right: float, top: float) -> str:
    name, detail = row_texts(row)
    base = top + ROW_LINE - 4
    tile = ""
    if row.kind != "more":
        hollow = f'fill="#fff" stroke="{_TILES["fixed"]}"' if row.kind == "fixed" else f'fill="{_TILES[row.kind]}"'
        tile = f'<rect x="{_n(left + 6)}" y="{_n(base - 7)}" width="7" height="7" rx="1" {hollow}/>'
    return (
        f"<g><title>{escape(row.tooltip)}</title>{tile}"
        f'<text class="r" x="{_n(left + 18)}" y="{_n(base)}">{escape(name)}</text>'
        f'<text class="r d" x="{_n(right - 6)}" y="{_n(base)}" text-anchor="end">{escape(detail)}</text></g>'
    )


def _arrow(route: Route) -> str:
    points = route.points
    path = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    *way, (x, y) = points
    sign = -1 if points[-1][1] < points[-2][1] else 1
    way.append((x, y - 6 * sign))
    for (x0, y0), (x1, y1) in pairwise(way):
        path.append(_step(x0, y0, x1, y1))
    thick = 1.2 + min(route.link.tensors, 6) * 0.3
    kind = "e k" if route.is_back else "e o" if not route.link.tensors else "e"
    head = f"M{_n(x)} {_n(y)}l-4.5 {-8 * sign}h9z"
    return (
        f"<g><title>{escape(route.link.tooltip)}</title>"
        f'<path class="{kind}" stroke-width="{thick:.1f}" d="{"".join(path)}"/><path class="a" d="{head}"/></g>'
    )


def _step(x0: float, y0: float, x1: float, y1: float) -> str:
    if abs(x1 - x0) < 0.6:
        return f"L{_n(x1)} {_n(y1)}"
    middle = _n((y0 + y1) / 2)
    return f"C{_n(x0)} {middle} {_n(x1)} {middle} {_n(x1)} {_n(y1)}"


def _label(label: str, at: Point) -> str:
    text = shorten_end(label, MOST_LABEL)
    width = text_width(text, LABEL) + 6
    x, y = at
    return (
        f'<rect x="{_n(x - width / 2)}" y="{_n(y - 8)}" width="{_n(width)}" height="16" fill="#fff" fill-opacity=".92"/>'
        f'<text class="l" x="{_n(x)}" y="{_n(y + 3.5)}" text-anchor="middle">{escape(text)}</text>'
    )


def _n(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
