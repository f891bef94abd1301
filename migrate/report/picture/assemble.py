"""Makes boxes and links of units: with inputs, outputs, variables, tables, and what is outside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrate.graph.inspection import Severity
from migrate.graph.tensors import Tensor
from migrate.report.picture.boxes import Box, BoxKind, Link, Mark, Picture, Row
from migrate.report.picture.static import weight_of
from migrate.report.picture.units import owners
from migrate.report.picture.wording import (
    constant_row,
    shorten_rows,
    table_row,
    tensors_label,
    tensors_tooltip,
    unit_caption,
    unit_title,
    variable_row,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrate.report.picture.flow import Flow
    from migrate.report.picture.subject import End
    from migrate.report.picture.units import Unit

MOST_ENDS = 8
"""Inputs or outputs that have a box each; of more, those alike share one."""

_MOST_ROWS = 8
_PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"})


@dataclass(slots=True)
class Assembler:
    """Makes one picture.

    Attributes:
        flow: What flows.
        units: What is in the picture.
        outside: For nodes that are not in it, a name for where they are; nodes without one are not shown.
    """

    flow: Flow
    units: Sequence[Unit]
    outside: Mapping[str, str] = field(default_factory=dict)
    _boxes: list[Box] = field(default_factory=list)
    _links: dict[tuple[int, int], dict[Tensor, None]] = field(default_factory=dict)
    _owner: Mapping[str, int] = field(default_factory=dict)

    def picture(self, title: str, caption: str) -> Picture:
        """The picture. The boxes of the units come first, in the order of the units."""
        self._owner = owners(self.units)
        kept = self._kept_values()
        for unit in self.units:
            self._box(self._kind(unit), unit_title(unit), unit_caption(unit, self.flow), kept.pop(unit, ()), unit)
        self._inner_links()
        self._shared(self._shared_values())
        self._ends()
        links = tuple(self._link(*ends, tuple(tensors)) for ends, tensors in self._links.items())
        return Picture(title, caption, tuple(self._boxes), links)

    @property
    def _most_rows(self) -> int:
        """Lines for variables in a box: fewer where there are many boxes."""
        return _MOST_ROWS if len(self.units) <= _MOST_ROWS else _MOST_ROWS // 2

    def _box(
        self, kind: BoxKind, title: str, caption: str = "", rows: Sequence[Row] = (), unit: Unit | None = None
    ) -> int:
        number = len(self._boxes)
        marks = () if unit is None else self._marks(unit)
        lines = [title, caption, *(mark.text for mark in marks)]
        tooltip = "\n".join(line for line in lines if line)
        self._boxes.append(Box(number, kind, title, caption, tuple(rows), tooltip, marks))
        return number

    def _kind(self, unit: Unit) -> BoxKind:
        if unit.is_loop:
            return BoxKind.LOOP
        if len(unit.nodes) == 1 and self.flow.view.index.op(unit.nodes[0]) in _PLACEHOLDERS:
            return BoxKind.PLACEHOLDER
        return BoxKind.SCOPE if unit.scopes else BoxKind.OPERATIONS

    def _marks(self, unit: Unit) -> tuple[Mark, ...]:
        order = list(Severity)
        nodes = set(unit.nodes)
        hazards = sorted(
            (hazard for hazard in self.flow.subject.hazards if hazard.node in nodes),
            key=lambda hazard: order.index(hazard.severity),
        )
        return tuple(
            Mark(str(hazard.severity), f"{hazard.kind} at {hazard.node}: {hazard.message} {hazard.remedy}")
            for hazard in hazards
        )

    def _users(self, node: str) -> dict[int, None]:
        """The units that take what a node keeps."""
        found = (self._owner.get(name) for name in self.flow.uses[node])
        return dict.fromkeys(number for number in found if number is not None)

    def _kept_values(self) -> dict[Unit, tuple[Row, ...]]:
        """For each unit, lines for the variables and weights that it alone uses."""
        found: dict[Unit, list[str]] = defaultdict(list)
        held = {node for _, node in self.flow.holds}
        for node in self.flow.uses:
            users = list(self._users(node))
            if len(users) == 1 and node not in self.flow.view.state.tables and node not in held:
                found[self.units[users[0]]].append(node)
        return {unit: self._rows(nodes, _scope_of(unit)) for unit, nodes in found.items()}

    def _rows(self, nodes: Sequence[str], below: str) -> tuple[Row, ...]:
        state, index = self.flow.view.state, self.flow.view.index
        rows: list[Row] = []
        sizes: list[int | None] = []
        for node in nodes:
            variable = state.by_node.get(node)
            if variable is not None:
                rows.append(variable_row(variable, below, variable.name in self.flow.subject.writes))
                sizes.append(variable.byte_size)
            elif (weight := weight_of(index, Tensor(node, 0))) is not None:
                rows.append(constant_row(node, below, index))
                sizes.append(weight.byte_size)
        return shorten_rows(rows, sizes, self._most_rows)

    def _shared_values(self) -> dict[tuple[int, ...], list[str]]:
        """Variables that several units use, by those units."""
        found: dict[tuple[int, ...], list[str]] = defaultdict(list)
        held = {node for _, node in self.flow.holds}
        for node in self.flow.uses:
            users = tuple(self._users(node))
            if node not in self.flow.view.state.tables and (len(users) > 1 or (users and node in held)):
                found[users].append(node)
        for node in held:
            if node not in self.flow.uses:
                found[()].append(node)
        return found

    def _shared(self, shared: Mapping[tuple[int, ...], Sequence[str]]) -> None:
        boxes = {}
        for users, nodes in shared.items():
            scopes = {node.rpartition("/")[0] for node in nodes}
            title = scopes.pop() if len(scopes) == 1 else ""
            name = "variable" if len(nodes) == 1 else f"{len(nodes):,} variables"
            box = self._box(BoxKind.VARIABLES, title or name, name if title else "", self._rows(nodes, title))
            boxes.update(dict.fromkeys(nodes, box))
            for user in users:
                self._links.setdefault((box, user), {})
        self._held = boxes
        self._tables()

    def _tables(self) -> None:
        view = self.flow.view
        files = {asset.tensor: asset.filename for asset in view.assets}
        by_users: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for node in self.flow.uses:
            if node in view.state.tables and (users := tuple(self._users(node))):
                by_users[users].append(node)
        for users, nodes in by_users.items():
            rows = []
            for node in nodes:
                table = view.state.tables[node]
                rows.append(table_row(table, [files.get(tensor, tensor) for tensor in table.asset_tensors]))
            title = nodes[0] if len(nodes) == 1 else f"{len(nodes):,} tables"
            caption = view.state.tables[nodes[0]].op if len(nodes) == 1 else ""
            box = self._box(BoxKind.TABLE, title, caption, shorten_rows(rows, [None] * len(rows), _MOST_ROWS))
            for user in users:
                self._links.setdefault((box, user), {})

    def _inner_links(self) -> None:
        """What flows between units, and between them and the outside."""
        incoming: dict[str, dict[int, dict[Tensor, None]]] = defaultdict(lambda: defaultdict(dict))
        outgoing: dict[str, dict[int, dict[Tensor, None]]] = defaultdict(lambda: defaultdict(dict))
        graph = self.flow.graph
        for name, number in self._owner.items():
            for before, _, data in graph.in_edges(name, data=True):
                other = self._owner.get(before)
                if other == number:
                    continue
                if other is not None:
                    self._links.setdefault((other, number), {}).update(dict.fromkeys(data["tensors"]))
                elif before in self.outside:
                    incoming[self.outside[before]][number].update(dict.fromkeys(data["tensors"]))
            for _, after, data in graph.out_edges(name, data=True):
                if after not in self._owner and after in self.outside:
                    outgoing[self.outside[after]][number].update(dict.fromkeys(data["tensors"]))
        for found, caption in ((_few(incoming), "comes in"), (_few(outgoing), "goes out")):
            for title, links in found.items():
                box = self._box(BoxKind.OUTSIDE, title, caption)
                for number, tensors in links.items():
                    ends = (box, number) if caption == "comes in" else (number, box)
                    self._links.setdefault(ends, {}).update(tensors)

    def _ends(self) -> None:
        """Boxes for the inputs and outputs that are used here."""
        flow = self.flow
        inputs: dict[int, dict[int, tuple[Tensor, ...]]] = {}
        for number, users in flow.feeds.items():
            ends = {self._owner[name] for name in users if name in self._owner}
            inputs[number] = dict.fromkeys(sorted(ends), flow.subject.inputs[number].tensors)
        outputs: dict[int, dict[int, tuple[Tensor, ...]]] = {}
        for number, tensors in flow.fetches.items():
            made: dict[int, tuple[Tensor, ...]] = {}
            for tensor in tensors:
                owner = self._owner.get(tensor.node)
                if owner is not None:
                    made[owner] = (*made.get(owner, ()), tensor)
            outputs[number] = made
        whole = not self.outside
        starts = self._end_boxes(BoxKind.INPUT, flow.subject.inputs, inputs, whole)
        stops = self._end_boxes(BoxKind.OUTPUT, flow.subject.outputs, outputs, whole)
        if not whole:
            return
        for start, stop in flow.through:
            tensors = flow.subject.inputs[start].tensors
            self._links.setdefault((starts[start], stops[stop]), {}).update(dict.fromkeys(tensors))
        for stop, node in flow.holds:
            if node in self._held:
                self._links.setdefault((self._held[node], stops[stop]), {})

    def _end_boxes(
        self, kind: BoxKind, ends: Sequence[End], links: Mapping[int, Mapping[int, Sequence[Tensor]]], whole: bool
    ) -> dict[int, int]:
        """Boxes for inputs or outputs; where there are many, one for those linked alike."""
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number in range(len(ends)):
            linked = tuple(links.get(number, ()))
            if whole or linked:
                groups[linked if len(ends) > MOST_ENDS else (-1 - number,)].append(number)
        if len(groups) > MOST_ENDS:
            groups = {(): [number for group in groups.values() for number in group]}
        boxes = {}
        for group in groups.values():
            rows = [Row(ends[i].name, ends[i].detail, "end", _end_tooltip(ends[i])) for i in group]
            if len(group) == 1:
                box = self._box(kind, ends[group[0]].name, ends[group[0]].detail)
            else:
                box = self._box(kind, f"{len(group):,} {kind}s", "", shorten_rows(rows, [None] * len(rows), _MOST_ROWS))
            for number in group:
                boxes[number] = box
                for other, tensors in links.get(number, {}).items():
                    pair = (box, other) if kind is BoxKind.INPUT else (other, box)
                    self._links.setdefault(pair, {}).update(dict.fromkeys(tensors))
        return boxes

    _held: dict[str, int] = field(default_factory=dict)

    def _link(self, start: int, end: int, tensors: tuple[Tensor, ...]) -> Link:
        index = self.flow.view.index
        kind = self._boxes[start].kind
        if kind in (BoxKind.VARIABLES, BoxKind.TABLE):
            return Link(start, end, "", 1, f"{self._boxes[start].title} is used by {self._boxes[end].title}")
        # The box of an input or output says its type and shape itself.
        ends = kind is BoxKind.INPUT or self._boxes[end].kind is BoxKind.OUTPUT
        label = "" if ends else tensors_label(tensors, index)
        return Link(start, end, label, len(tensors), tensors_tooltip(tensors, index))


def _few(
    found: Mapping[str, Mapping[int, Mapping[Tensor, None]]],
) -> dict[str, dict[int, dict[Tensor, None]]]:
    """What is outside in at most `MOST_ENDS` boxes: those with fewest links share the last one."""
    ordered = sorted(found, key=lambda title: -len(found[title]))
    result = {title: {number: dict(t) for number, t in found[title].items()} for title in ordered[: MOST_ENDS - 1]}
    rest = ordered[MOST_ENDS - 1 :]
    if len(rest) == 1:
        result[rest[0]] = {number: dict(t) for number, t in found[rest[0]].items()}
    elif rest:
        shared: dict[int, dict[Tensor, None]] = defaultdict(dict)
        for title in rest:
            for number, tensors in found[title].items():
                shared[number].update(tensors)
        result[f"{len(rest):,} others"] = dict(shared)
    return result


def _scope_of(unit: Unit) -> str:
    """The scope whose name the lines of a unit need not repeat."""
    if unit.scope is not None:
        from migrate.report.picture.wording import scope_title

        return scope_title(unit.scope.name, unit.is_loop)
    return unit.nodes[0].rpartition("/")[0] if len(unit.nodes) == 1 else ""


def _end_tooltip(end: End) -> str:
    return f"{end.name}: {end.detail}\n{', '.join(map(str, end.tensors))}"
