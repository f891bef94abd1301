"""Which lines of a diff are shown, below each other: changes, the lines around them, and folds in place of the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from migrate.review.diff.model import Hunk, Row, Side
from migrate.review.diff.rows import hunks

_SCOPE = re.compile(r"(\s*)((?:async\s+)?(?:def|class)\s+\w+)")
_LEAST = 2
"""Rows that are worth folding; a fold takes a line itself."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row, or one line of it.

    Attributes:
        row: Its index.
        side: Which of its lines; both where they are next to each other, or the same.
    """

    row: int
    side: Side


@dataclass(frozen=True, slots=True)
class Fold:
    """Unchanged rows that are not shown.

    Attributes:
        start: Index of the first one.
        end: Index behind the last one.
        scope: What the line behind it is part of, such as `def train`; may be empty.
    """

    start: int
    end: int
    scope: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines that are shown.

    Attributes:
        entries: They, in order.
        places: Where each row is among them; those of a fold are where the fold is.
    """

    entries: tuple[Shown | Fold, ...]
    places: dict[int, int] = field(repr=False)


def laid_out(rows: Sequence[Row], *, split: bool, opened: Collection[int] = (), context: int = 3) -> Layout:
    """Lays a diff out.

    Args:
        rows: All rows.
        split: Whether lines are next to each other rather than below each other.
        opened: The folds that are open, by the index of their first row.
        context: How many unchanged rows are shown around changes.

    Returns:
        What to show; all of it where nothing changes.
    """
    entries: list[Shown | Fold] = []
    at = 0
    groups = hunks(rows, context) or (Hunk(0, len(rows)),)
    for group in (*groups, Hunk(len(rows), len(rows))):
        if group.start - at >= _LEAST and at not in opened:
            entries.append(Fold(at, group.start, scope(rows, group.start)))
        else:
            entries += [Shown(index, Side.BOTH) for index in range(at, group.start)]
        entries += _group(rows, group, split)
        at = group.end
    places: dict[int, int] = {}
    for place, entry in enumerate(entries):
        for row in range(entry.start, entry.end) if isinstance(entry, Fold) else (entry.row,):
            places.setdefault(row, place)
    return Layout(tuple(entries), places)


def _group(rows: Sequence[Row], group: Hunk, split: bool) -> list[Shown]:
    made: list[Shown] = []
    coming: list[Shown] = []
    for index in range(group.start, group.end):
        row = rows[index]
        if split or row.is_equal:
            made += [*coming, Shown(index, Side.BOTH)]
            coming = []
            continue
        if row.left is not None:
            made.append(Shown(index, Side.LEFT))
        if row.right is not None:
            coming.append(Shown(index, Side.RIGHT))
    return made + coming


def scope(rows: Sequence[Row], index: int) -> str:
    """What a row of the text after is part of: the class and the function around it, such as `class Model, def call`."""
    indent = None
    names: list[str] = []
    for row in reversed(rows[: index + 1]):
        text = row.right.text if row.right is not None else ""
        bare = text.lstrip()
        if not bare or bare.startswith(("#", ")", "]", "}")):
            continue
        here = len(text) - len(bare)
        if indent is None:
            indent = here
        elif here < indent:
            indent = here
            if found := _SCOPE.match(text):
                names.insert(0, found.group(2))
        if indent == 0:
            break
    return ", ".join(names)
