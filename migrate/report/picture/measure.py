"""How large text and boxes are. Text is monospaced, so that its width is known whatever font there is."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

from migrate.report.picture.boxes import Box, BoxKind, Row

TITLE, CAPTION, ROW, LABEL = 13.0, 11.0, 10.5, 10.5
"""Sizes of type."""

LINE, ROW_LINE, PADDING = 17.0, 15.0, 9.0
MOST_TITLE, MOST_CAPTION, MOST_NAME, MOST_DETAIL, MOST_LABEL = 40, 46, 26, 34, 34
"""The most columns of each kind of text."""

SIGNS = {BoxKind.SCOPE: 18.0, BoxKind.OPERATIONS: 18.0, BoxKind.LOOP: 40.0}
"""Room beside the last line of the header for the signs that it can be opened, and that it is a loop."""

_EM = 0.605
"""The width of a character of a monospaced font, in ems: none of the usual ones is wider."""


def columns(text: str) -> int:
    """How many columns a text takes."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def text_width(text: str, size: float) -> float:
    """How wide a text is."""
    # Some browsers round the advance of a character to whole pixels.
    return columns(text) * max(size * _EM, round(size * _EM))


def shorten(text: str, most: int) -> str:
    """A text in at most that many columns: of a name, the end says more than the beginning."""
    if columns(text) <= most:
        return text
    if " … " in text:
        first, _, last = text.partition(" … ")
        half = (most - 3) // 2
        return f"{shorten(first, max(half, most - 3 - columns(last)))} … {shorten(last, max(half, most - 3 - columns(first)))}"
    if "/" in text:
        parts = text.split("/")
        for start in range(1, len(parts)):
            tail = "…/" + "/".join(parts[start:])
            if columns(tail) <= most:
                return tail
    return _cut(text, most)


def shorten_end(text: str, most: int) -> str:
    """A text in at most that many columns: the beginning of it."""
    if columns(text) <= most:
        return text
    while text and columns(text) > most - 1:
        text = text[:-1]
    return f"{text}…"


def _cut(text: str, most: int) -> str:
    """Leaves out the middle."""
    head, tail = text, text
    while head and columns(head) > (most - 1) // 2:
        head = head[:-1]
    while tail and columns(tail) > most - 1 - columns(head):
        tail = tail[1:]
    return f"{head}…{tail}"


def row_texts(row: Row) -> tuple[str, str]:
    """The two texts of a row, short enough."""
    return shorten(row.name, MOST_NAME), shorten_end(row.detail, MOST_DETAIL)


def box_texts(box: Box) -> tuple[str, str]:
    """Title and caption of a box, short enough."""
    return shorten(box.title, MOST_TITLE), shorten_end(box.caption, MOST_CAPTION)


def box_size(box: Box) -> tuple[float, float]:
    """Width and height of a box."""
    title, caption = box_texts(box)
    mark = 20.0 if box.marks else 0.0
    signs = SIGNS.get(box.kind, 0.0)
    widths = [text_width(title, TITLE) + mark, text_width(caption, CAPTION) + signs if caption else 0.0]
    if not caption:
        widths[0] += signs
    for row in box.rows:
        name, detail = row_texts(row)
        widths.append(text_width(name, ROW) + text_width(detail, ROW) + 26)
    width = max(max(widths) + 2 * PADDING, 84.0)
    return float(round(width)), header_height(box) + (len(box.rows) * ROW_LINE + 8 if box.rows else 0.0)


def header_height(box: Box) -> float:
    """The height of the part of a box above its rows."""
    return LINE * (2 if box.caption else 1) + 12


def label_size(label: str) -> tuple[float, float]:
    """Width and height of an arrow's label."""
    return text_width(shorten_end(label, MOST_LABEL), LABEL) + 8, 16.0
