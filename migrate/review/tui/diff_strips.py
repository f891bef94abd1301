"""Lines of a diff as strips of styled text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from migrate.review.diff.layout import Fold
from migrate.review.diff.model import Line, Mark, Side
from migrate.review.diff.syntax import Word
from migrate.review.diff.visible import visible
from migrate.review.tui.diff_style import Palette

SIGNS: Mapping[Mark, str] = {Mark.EQUAL: " ", Mark.REMOVED: "-", Mark.ADDED: "+", Mark.MOVED: "~"}
_Change = tuple[int, bool, int, Style]
"""Where a style begins or ends, whether it begins, in which layer, and what is to be seen there from then on."""


def code(
    line: Line,
    side: Side,
    words: Sequence[Word],
    matches: Iterable[tuple[int, int, bool]],
    endings: bool,
    colours: Palette,
) -> Strip:
    """Paints the text of a line.

    Args:
        line: The line.
        side: The side it is on.
        words: Its words that have a colour.
        matches: The places in it that were looked for, each with whether it is the current one.
        endings: Whether to show how lines end.
        colours: The styles.

    Returns:
        The whole line, as wide as it is.
    """
    shown = visible(line.text)
    base = colours.line[line.mark]
    if colours.plain and line.mark is not Mark.EQUAL:
        words = ()
    changes: list[_Change] = []
    for word in words:
        changes += _range(shown.place(word.start), shown.place(word.end), 0, colours.kind[word.kind])
    for span in line.spans:
        changes += _range(shown.place(span.start), shown.place(span.end), 1, colours.word[line.mark])
    for start, end in shown.codes:
        changes += _range(start, end, 2, colours.part["code"])
    for start, end, current in matches:
        style = colours.part["match-current" if current else "match"]
        changes += _range(shown.place(start), shown.place(end), 3, style)
    changes.sort(key=lambda change: change[:2])
    segments = []
    layers = [Style()] * 4  # later ones lie on top of earlier ones
    at = 0
    for place, _, layer, style in changes:
        if place > at:
            segments.append(Segment(shown.text[at:place], base + layers[0] + layers[1] + layers[2] + layers[3]))
            at = place
        layers[layer] = style
    if at < len(shown.text):
        segments.append(Segment(shown.text[at:], base))
    if behind := note(line, side, endings):
        segments.append(Segment(behind, base + colours.part["note"]))
    return Strip(segments)


def margin(line: Line, numbers: Sequence[int | None], digits: int, current: bool, colours: Palette) -> Strip:
    """Paints what is to the left of a line: its numbers, and a sign.

    Args:
        line: The line.
        numbers: Its numbers; None where a text does not have it.
        digits: How many places there are for each.
        current: Whether it is part of the current change.
        colours: The styles.

    Returns:
        The margin.
    """
    base = colours.line[line.mark]
    text = " ".join(" " * digits if number is None else f"{number:>{digits}}" for number in numbers)
    style = colours.part["current" if current else "line-number"]
    return Strip(
        [
            Segment(text, base + style),
            Segment(f" {SIGNS[line.mark]} ", base + colours.sign[line.mark]),
        ]
    )


def beside(edge: Strip, text: Strip, at: int, width: int, style: Style, colours: Palette) -> Strip:
    """Puts as much of a line next to its margin as there is room for.

    Args:
        edge: The margin.
        text: The whole line.
        at: The column of the line to begin with.
        width: How wide both are together.
        style: What is behind the line.
        colours: The styles.

    Returns:
        Both; with a sign where the line goes on, as nobody should miss what is not on the screen.
    """
    room = max(0, width - edge.cell_length)
    if text.cell_length <= at + room:
        return Strip.join([edge, text.crop_extend(at, at + room, style)]).crop(0, width)
    more = Strip([Segment("…", style + colours.part["note"])], 1)
    return Strip.join([edge, text.crop(at, at + room - 1), more]).crop(0, width)


def folded(fold: Fold, digits: int, width: int, colours: Palette) -> Strip:
    """Paints what stands for lines that are not shown."""
    style = colours.part["fold"]
    text = f"{' ' * (digits + 1)}⋯ {fold.end - fold.start} unchanged lines"
    return Strip([Segment(f"{text}  {fold.scope}".rstrip(), style)]).crop_extend(0, width, style)


def note(line: Line, side: Side, endings: bool) -> str:
    """What is to be said behind a line."""
    where = f"  {'→' if side is Side.LEFT else '←'} {line.other}" if line.mark is Mark.MOVED else ""
    if endings and line.ending in {"\r\n", "\r"}:
        return "␍" + where
    if not line.ending and line.mark is not Mark.EQUAL:
        return where + " (no newline at the end)"
    return where


def _range(start: int, end: int, layer: int, style: Style) -> list[_Change]:
    """Where a style begins and where it ends; at the same place others end before it begins."""
    return [(start, True, layer, style), (end, False, layer, Style())]
