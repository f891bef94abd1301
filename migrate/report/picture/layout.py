"""Where everything in a picture goes: layered from top to bottom, arrows between the layers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrate.report.picture.columns import columns_of, spread, straighten
from migrate.report.picture.crossings import reduce_crossings
from migrate.report.picture.layers import check_layers, downward, layers
from migrate.report.picture.measure import box_size, label_size

if TYPE_CHECKING:
    from migrate.report.picture.boxes import Box, Link, Picture

_GAP, _MARGIN = 26.0, 24.0
_FEW = 2
"""Links that a box of a straight line may have on either side."""

_DENSE = 3
"""Links for each box of a picture in which labels would only be in the way."""

_THIN = 12.0
"""The width that a line without a label takes in a row."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A box and its place."""

    box: Box
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow's way.

    Attributes:
        link: What it stands for.
        points: From its start to its end; on its way it is upright at each of them.
        label_at: The centre of its label, None where another arrow with the same start has it, or it has none.
        is_back: Whether it goes up.
    """

    link: Link
    points: tuple[Point, ...]
    label_at: Point | None
    is_back: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture with places."""

    picture: Picture
    width: float
    height: float
    boxes: tuple[Placed, ...]
    routes: tuple[Route, ...]


def lay_out(picture: Picture) -> Layout:
    """Places boxes and arrows."""
    if not picture.boxes:
        return Layout(picture, 2 * _MARGIN, 2 * _MARGIN, (), ())
    return _Maker(picture).make()


def curve(start: Point, end: Point, steps: int = 24) -> list[Point]:
    """Points of the curve between two points that is upright at both: a cubic Bézier curve."""
    (x0, y0), (x1, y1) = start, end
    middle = (y0 + y1) / 2
    found = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
        found.append(((a + b) * x0 + (c + d) * x1, a * y0 + (b + c) * middle + d * y1))
    return found


@dataclass(slots=True)
class _Maker:
    """Rows alternate: boxes in the even ones, labels of arrows in the odd ones.

    A line that passes a row has a member there, so that it is kept clear of boxes and labels. Lines with the same
    start and the same label share their members: they are drawn as one line with branches.
    """

    picture: Picture
    rows: list[list[int]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    chains: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    lines: dict[tuple[int, str], dict[int, None]] = field(default_factory=dict)
    labelled: dict[int, str] = field(default_factory=dict)
    pairs: dict[tuple[int, int], float] = field(default_factory=dict)
    centres: dict[int, float] = field(default_factory=dict)
    tops: list[float] = field(default_factory=list)
    bands: list[float] = field(default_factory=list)

    def make(self) -> Layout:
        for box in self.picture.boxes:
            self.widths[box.number], self.heights[box.number] = box_size(box)
        graph, turned = downward(self.picture)
        found = layers(self.picture, graph, self.widths)
        layer = check_layers(found, graph)
        self.rows = [[] for _ in range(2 * len(found) - 1)]
        for position, members in enumerate(found):
            self.rows[2 * position] = list(members)
        self._chain(layer)
        self.rows = reduce_crossings(self.rows, self.pairs)
        edges = [(a, b, weight) for (a, b), weight in self.pairs.items()]
        self.centres = columns_of(self.rows, self.widths, edges, _GAP)
        self._straighten()
        self._stack()
        boxes = tuple(self._placed(box, layer) for box in self.picture.boxes)
        routes = self._routes(boxes, turned)
        right = max(self.centres[member] + self.widths[member] / 2 for row in self.rows for member in row)
        return Layout(self.picture, right + 2 * _MARGIN, self.tops[-1] + self.bands[-1] + _MARGIN, boxes, routes)

    def _chain(self, layer: dict[int, int]) -> None:
        """Gives each link its members in the rows it passes."""
        shared: dict[tuple[int, str, int], int] = {}
        fresh = len(self.picture.boxes)
        # Where nearly everything is linked with everything, all that leaves a box is one line, without labels.
        dense = len(self.picture.links) > _DENSE * len(self.picture.boxes)
        for link in self.picture.links:
            upper, lower = sorted((link.start, link.end), key=layer.__getitem__)
            if upper == lower:
                continue
            key = "\0" if dense else link.label if upper == link.start else f"\0{link.end}"
            chain = []
            for row in range(2 * layer[upper] + 1, 2 * layer[lower]):
                place = (upper, key, row)
                if place not in shared:
                    shared[place] = fresh
                    self.rows[row].append(fresh)
                    self.widths[fresh], self.heights[fresh] = _THIN, 0.0
                    if link.label and row == 2 * layer[upper] + 1 and not dense:
                        self.widths[fresh], self.heights[fresh] = label_size(link.label)
                        self.labelled[fresh] = link.label
                    fresh += 1
                chain.append(shared[place])
            self.chains[link.start, link.end] = chain
            for a, b in zip([upper, *chain], [*chain, lower], strict=True):
                inner = a >= len(self.picture.boxes) and b >= len(self.picture.boxes)
                # Long lines are to be straight, short ones to be short; the ends of long ones matter least.
                self.pairs[a, b] = 8.0 if inner else 4.0 if len(chain) == 1 else 0.4
            if chain[0] in self.labelled:
                # A label is to be near what it is about.
                self.pairs[upper, chain[0]] = 4.0
                if len(chain) > 1:
                    self.pairs[chain[0], chain[1]] = 1.0
            self.lines.setdefault((upper, key), {}).update(dict.fromkeys(chain))

    def _stack(self) -> None:
        """Places the rows under each other, with room for the lines between them."""
        sideways: dict[int, float] = defaultdict(float)
        row_of = {member: number for number, row in enumerate(self.rows) for member in row}
        for a, b in self.pairs:
            sideways[row_of[a]] = max(sideways[row_of[a]], abs(self.centres[a] - self.centres[b]))
        y = _MARGIN
        for number, row in enumerate(self.rows):
            band = max((self.heights[member] for member in row), default=0.0)
            self.tops.append(y)
            self.bands.append(band)
            y += band + 16 + min(sideways[number] / 14, 34)

    def _placed(self, box: Box, layer: dict[int, int]) -> Placed:
        number = box.number
        row = 2 * layer[number]
        width, height = self.widths[number], self.heights[number]
        y = self.tops[row] + (self.bands[row] - height) / 2
        return Placed(box, self.centres[number] - width / 2 + _MARGIN, y, width, height)

    def _routes(self, boxes: tuple[Placed, ...], turned: frozenset[tuple[int, int]]) -> tuple[Route, ...]:
        row_of = {member: number for number, row in enumerate(self.rows) for member in row}
        leaving, entering = self._ports(boxes, turned)
        told: set[int] = set()
        routes = []
        for link in self.picture.links:
            if link.start == link.end:
                continue
            chain = self.chains[link.start, link.end]
            back = (link.start, link.end) in turned
            upper, lower = (link.end, link.start) if back else (link.start, link.end)
            start = (leaving[upper, chain[0]], boxes[upper].y + boxes[upper].height)
            points = [start]
            bottom = self.tops[row_of[upper]] + self.bands[row_of[upper]]
            if bottom > start[1] + 1:
                points.append((start[0], bottom))
            label_at = None
            end = (entering[chain[-1], lower], boxes[lower].y)
            top = self.tops[row_of[lower]]
            for position, member in enumerate(chain):
                row, x = row_of[member], self.centres[member] + _MARGIN
                after = chain[position + 1] if position + 1 < len(chain) else None
                ahead = (end[0], top) if after is None else (self.centres[after] + _MARGIN, self.tops[row_of[after]])
                if self._is_free(member, row, points[-1], ahead):
                    continue
                points += [(x, self.tops[row]), (x, self.tops[row] + self.bands[row])]
                if member in self.labelled and member not in told:
                    told.add(member)
                    label_at = (x, self.tops[row] + self.bands[row] / 2)
            if top < end[1] - 1:
                points.append((end[0], top))
            points.append(end)
            routes.append(Route(link, tuple(points[::-1] if back else points), label_at, back))
        return tuple(routes)

    def _is_free(self, member: int, row: int, before: Point, ahead: Point) -> bool:
        """Whether a line may leave out its place between the labels of a row, because none is in its way."""
        if row % 2 == 0 or member in self.labelled:
            return False
        top, bottom = self.tops[row] - 2, self.tops[row] + self.bands[row] + 2
        crossed = [x for x, y in curve(before, ahead) if top <= y <= bottom]
        for other in self.rows[row]:
            if other in self.labelled:
                half = self.widths[other] / 2 + 4
                middle = self.centres[other] + _MARGIN
                if any(middle - half < x < middle + half for x in crossed):
                    return False
        return True

    def _ports(
        self, boxes: tuple[Placed, ...], turned: frozenset[tuple[int, int]]
    ) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
        """Where lines touch the lower and the upper edges of boxes: spread, in the order of where they go."""
        below: dict[int, set[int]] = defaultdict(set)
        above: dict[int, set[int]] = defaultdict(set)
        for (start, end), chain in self.chains.items():
            upper, lower = (end, start) if (start, end) in turned else (start, end)
            below[upper].add(chain[0])
            above[lower].add(chain[-1])
        leaving, entering = {}, {}
        for number, members in below.items():
            for member, x in self._spread(boxes[number], members):
                leaving[number, member] = x
        for number, members in above.items():
            for member, x in self._spread(boxes[number], members):
                entering[member, number] = x
        return leaving, entering

    def _spread(self, placed: Placed, members: set[int]) -> list[tuple[int, float]]:
        """The lines of an edge touch it as near to where they come from as there is room."""
        ordered = sorted(members, key=lambda member: self.centres[member])
        reach = placed.width / 2 - 16
        middle = placed.x + placed.width / 2
        step = min(20.0, 2 * reach / max(len(ordered) - 1, 1))
        wanted = [min(max(self.centres[member] + _MARGIN, middle - reach), middle + reach) for member in ordered]
        found = spread(wanted, [1.0] * len(ordered), [step * position for position in range(len(ordered))])
        last = len(ordered) - 1
        return [
            (member, min(max(x, middle - reach + step * number), middle + reach - step * (last - number)))
            for number, (member, x) in enumerate(zip(ordered, found, strict=True))
        ]

    def _straighten(self) -> None:
        """Boxes that follow each other first, then the lines that pass by, as near as they can."""
        spines = self._spines()
        straighten(self.rows, self.centres, self.widths, _GAP, [(spine, None) for spine in spines])
        fixed = {member for spine in spines for member in spine} | set(self.labelled)
        for _ in range(2):
            lines = [
                ([member for member in line if member not in fixed], self.centres[upper])
                for (upper, _), line in self.lines.items()
            ]
            lines.sort(key=lambda line: len(line[0]))
            straighten(self.rows, self.centres, self.widths, _GAP, lines)
        left = min(self.centres[member] - self.widths[member] / 2 for row in self.rows for member in row)
        self.centres = {member: centre - left for member, centre in self.centres.items()}

    def _spines(self) -> list[list[int]]:
        """Boxes that follow each other directly, with what is between them: they look best in a straight line."""
        short: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (start, end), chain in self.chains.items():
            if len(chain) == 1 and self.pairs.get((start, chain[0])):
                short[start].append((chain[0], end))
        taken = Counter(end for _, end in self.chains)
        used: set[int] = set()
        found = []
        for row in self.rows[::2]:
            for member in row:
                spine, here = [], member
                while here not in used and here < len(self.picture.boxes):
                    used.add(here)
                    spine.append(here)
                    after = [pair for pair in short[here] if pair[1] not in used and taken[pair[1]] <= _FEW]
                    if not after or len(short[here]) > _FEW:
                        break
                    line, here = max(after, key=lambda pair: (len(short[pair[1]]) > 0, self.widths[pair[1]]))
                    if here not in used:
                        spine.append(line)
                if len(spine) > 2:
                    found.append(spine)
        return found
