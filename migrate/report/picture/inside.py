"""Pictures of what is inside the boxes of a picture, and inside theirs, as far as there is room for them."""

from __future__ import annotations

import base64
import zlib
from collections import ChainMap
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count as counting
from typing import TYPE_CHECKING

from migrate.report.picture.assemble import Assembler
from migrate.report.picture.collapse import collapse
from migrate.report.picture.draw import groups_text
from migrate.report.picture.layout import lay_out
from migrate.report.picture.scopes import scope_tree
from migrate.report.picture.svg import clean, render_svg
from migrate.report.picture.wording import unit_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrate.report.picture.boxes import Box
    from migrate.report.picture.flow import Flow
    from migrate.report.picture.units import Unit

_MOST_UNITS = 28
_FEWEST_NODES = 2


@dataclass(frozen=True, slots=True)
class Inside:
    """The picture of what is inside a box.

    Attributes:
        key: Its id; that of the picture with the box is what comes before the last dot.
        title: The name of the box.
        packed: The SVG, compressed by zlib, in base64.
    """

    key: str
    title: str
    packed: str


def openable(key: str, units: Sequence[Unit]) -> dict[int, str]:
    """The ids of what is inside the boxes of a picture, by the boxes' numbers."""
    return {number: f"{key}.{number}" for number, unit in enumerate(units) if unit.size >= _FEWEST_NODES}


def insides(key: str, flow: Flow, units: Sequence[Unit], boxes: Sequence[Box]) -> Iterator[Inside]:
    """The pictures inside a picture, the nearest and largest first; the caller stops when it has enough.

    Args:
        key: The id of the picture.
        flow: What flows.
        units: The units of the picture.
        boxes: Its boxes, those of the units first.
    """
    ticket = counting()
    queue: list[tuple[int, int, int, str, Unit, ChainMap[str, str], int]] = []

    def enqueue(
        depth: int, key: str, units: Sequence[Unit], boxes: Sequence[Box], around: ChainMap[str, str], within: int
    ) -> None:
        here = {name: boxes[number].title for number, unit in enumerate(units) for name in unit.nodes}
        outside = ChainMap(here, *around.maps)
        for number, inside in openable(key, units).items():
            unit = units[number]
            heappush(queue, (depth, -unit.size, next(ticket), inside, unit, outside, within))

    enqueue(0, key, units, boxes, ChainMap(), 0)
    while queue:
        depth, _, _, here, unit, outside, within = heappop(queue)
        within += unit.is_loop
        tree = scope_tree(flow, unit.nodes, within=within)
        found = collapse(tree, flow, _MOST_UNITS)
        picture = Assembler(flow, found, outside).picture(unit_title(unit), groups_text(unit.size, len(found)))
        deeper = openable(here, found) if len(found) > 1 else {}
        svg = render_svg(lay_out(picture), style=False, openable=deeper)
        packed = base64.b64encode(zlib.compress(svg.encode("utf-8"), 9)).decode("ascii")
        yield Inside(here, clean(unit_title(unit)), packed)
        if deeper:
            enqueue(depth + 1, here, found, picture.boxes, outside, within)
