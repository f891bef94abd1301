"""Two texts side by side, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from migrate.review.diff.matching import gaps, is_telling, matches
from migrate.review.diff.model import Hunk, Line, Mark, Row, Side, Span, split
from migrate.review.diff.moved import moved, moved_and_changed
from migrate.review.diff.similar import alike
from migrate.review.diff.words import changed_words

__all__ = ["Hunk", "Line", "Mark", "Row", "Side", "Span", "hunks", "rows", "unified"]

_Text = tuple[tuple[str, str], ...]
_Gap = tuple[range, range]


@dataclass(slots=True)
class _Matched:
    """What is known about the lines of two texts, by index.

    Attributes:
        left: The lines before.
        right: The lines after.
        equal: The lines that stay, in order.
        paired: Where a changed line is in the right text; in order, too.
        moved: Where a line is that moved.
    """

    left: _Text
    right: _Text
    equal: Sequence[tuple[int, int]]
    paired: dict[int, int] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)


def rows(before: str, after: str) -> tuple[Row, ...]:
    """Puts two texts next to each other.

    Args:
        before: The text before.
        after: The text after.

    Returns:
        All lines of both, in order: equal lines and those that belong together in one row, others in the rows between
        them, next to each other as far as there are any.
    """
    known = _matched(split(before), split(after))
    back = {j: i for i, j in known.moved.items()}
    made: list[Row] = []
    pairs = [(i, j, True) for i, j in known.equal] + [(i, j, False) for i, j in known.paired.items()]
    i = j = 0
    for x, y, equal in [*sorted(pairs), (len(known.left), len(known.right), None)]:
        made += _unpaired(known, range(i, x), range(j, y), back)
        if equal is not None:
            made.append(_equal(known, x, y) if equal else _changed(known, x, y))
        i, j = x + 1, y + 1
    return tuple(made)


def hunks(rows: Sequence[Row], context: int = 3) -> tuple[Hunk, ...]:
    """Groups the rows that change.

    Args:
        rows: All rows.
        context: How many unchanged rows to show before and after.

    Returns:
        The groups, in order; they do not touch each other.
    """
    found: list[Hunk] = []
    for index, row in enumerate(rows):
        if row.is_equal:
            continue
        start, end = max(0, index - context), min(len(rows), index + context + 1)
        if found and start <= found[-1].end:
            found[-1] = Hunk(found[-1].start, end)
        else:
            found.append(Hunk(start, end))
    return tuple(found)


def unified(rows: Sequence[Row]) -> tuple[tuple[Side, Line], ...]:
    """Puts the lines below each other: of each change first all that goes, then all that comes.

    Args:
        rows: The rows, or some of them.

    Returns:
        The lines with the side they are from; of two that are equal the right one.
    """
    made: list[tuple[Side, Line]] = []
    coming: list[tuple[Side, Line]] = []
    for row in rows:
        if row.is_equal and row.right is not None:
            made += [*coming, (Side.BOTH, row.right)]
            coming = []
            continue
        if row.left is not None:
            made.append((Side.LEFT, row.left))
        if row.right is not None:
            coming.append((Side.RIGHT, row.right))
    return (*made, *coming)


def _matched(left: _Text, right: _Text) -> _Matched:
    """Finds out which lines belong together: first those that are sure, then those that are likely."""
    equal = matches(["".join(line) for line in left], ["".join(line) for line in right])
    known = _Matched(left, right, equal)
    changes = list(gaps(equal, len(left), len(right)))
    for change in changes:
        known.paired |= _indented(known, *change)
    known.moved = moved(*_open(known, changes))
    for change in changes:
        for gap in _inner_gaps(known, *change):
            known.paired |= _alike(known, *gap)
    known.moved |= moved_and_changed(*_open(known, changes), known.moved)
    return known


def _indented(known: _Matched, left: range, right: range) -> dict[int, int]:
    """Lines of a change that are only indented otherwise, or end otherwise."""
    xs = [i for i in left if is_telling(known.left[i][0])]
    ys = [j for j in right if is_telling(known.right[j][0])]
    pairs = matches([known.left[i][0].strip() for i in xs], [known.right[j][0].strip() for j in ys])
    return {xs[x]: ys[y] for x, y in pairs}


def _alike(known: _Matched, left: range, right: range) -> dict[int, int]:
    """Lines of a change that are much the same."""
    there = set(known.moved.values())
    xs = [i for i in left if i not in known.moved]
    ys = [j for j in right if j not in there]
    pairs = alike([known.left[i][0] for i in xs], [known.right[j][0] for j in ys])
    return {xs[x]: ys[y] for x, y in pairs}


def _inner_gaps(known: _Matched, left: range, right: range) -> list[_Gap]:
    """What lies between the lines of a change that belong together."""
    pairs = [(i - left.start, known.paired[i] - right.start) for i in left if i in known.paired]
    return [(left[xs.start : xs.stop], right[ys.start : ys.stop]) for xs, ys in gaps(pairs, len(left), len(right))]


def _open(known: _Matched, changes: Sequence[_Gap]) -> tuple[dict[int, str], dict[int, str]]:
    """The changed lines of both sides that nothing is known about."""
    there = {*known.paired.values(), *known.moved.values()}
    return (
        {i: known.left[i][0] for xs, _ in changes for i in xs if i not in known.paired and i not in known.moved},
        {j: known.right[j][0] for _, ys in changes for j in ys if j not in there},
    )


def _equal(known: _Matched, i: int, j: int) -> Row:
    (text, ending) = known.left[i]
    return Row(
        Line(i + 1, text, Mark.EQUAL, ending=ending, other=j + 1),
        Line(j + 1, text, Mark.EQUAL, ending=ending, other=i + 1),
    )


def _changed(known: _Matched, i: int, j: int) -> Row:
    (before, before_end), (after, after_end) = known.left[i], known.right[j]
    removed, added = changed_words(before, after)
    return Row(
        Line(i + 1, before, Mark.REMOVED, removed, before_end),
        Line(j + 1, after, Mark.ADDED, added, after_end),
    )


def _unpaired(known: _Matched, left: range, right: range, back: Mapping[int, int]) -> list[Row]:
    """Lines next to each other that do not belong together."""
    made = []
    for at in range(max(len(left), len(right))):
        i = left[at] if at < len(left) else None
        j = right[at] if at < len(right) else None
        apart = i in known.moved or j in back
        if i is not None and j is not None and known.left[i] == known.right[j] and not apart:
            made.append(_equal(known, i, j))
            continue
        made.append(Row(None if i is None else _gone(known, i), None if j is None else _new(known, j, back)))
    return made


def _gone(known: _Matched, i: int) -> Line:
    text, ending = known.left[i]
    j = known.moved.get(i)
    if j is None:
        return Line(i + 1, text, Mark.REMOVED, ending=ending)
    spans = changed_words(text.strip(), known.right[j][0].strip())[0]
    return Line(i + 1, text, Mark.MOVED, _shifted(spans, text), ending, j + 1)


def _new(known: _Matched, j: int, back: Mapping[int, int]) -> Line:
    text, ending = known.right[j]
    i = back.get(j)
    if i is None:
        return Line(j + 1, text, Mark.ADDED, ending=ending)
    spans = changed_words(known.left[i][0].strip(), text.strip())[1]
    return Line(j + 1, text, Mark.MOVED, _shifted(spans, text), ending, i + 1)


def _shifted(spans: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Spans of a line without its indentation as spans of the line."""
    by = len(text) - len(text.lstrip())
    return tuple(Span(span.start + by, span.end + by, span.mark) for span in spans)
