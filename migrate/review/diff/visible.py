"""Lines as they can be shown: tabs as spaces, and what cannot be seen or would turn the text around by its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

TAB = 8
"""Columns from one tab stop to the next, as for Python and for terminals."""


@dataclass(frozen=True, slots=True)
class Visible:
    """A line as it is shown.

    Attributes:
        text: The line.
        places: Where each character of the original is in it, and where it ends; None where nothing is other.
        codes: The ranges that stand for one character that cannot be shown.
    """

    text: str
    places: Sequence[int] | None = None
    codes: tuple[tuple[int, int], ...] = ()

    def place(self, index: int) -> int:
        """Where a character of the original is."""
        return index if self.places is None else self.places[index]


def visible(text: str) -> Visible:
    """Makes a line visible.

    Args:
        text: The line, without what ends it.

    Returns:
        What to show.
    """
    if text.isprintable():
        return Visible(text)
    parts: list[str] = []
    places = [0]
    codes: list[tuple[int, int]] = []
    column = 0
    for char in text:
        part = char
        if char == "\t":
            part = " " * (TAB - column % TAB)
        elif not char.isprintable():
            part = _code(char)
            codes.append((places[-1], places[-1] + len(part)))
        parts.append(part)
        places.append(places[-1] + len(part))
        column += cell_len(part)
    return Visible("".join(parts), places, tuple(codes))


def _code(char: str) -> str:
    code = ord(char)
    if code < 32 or code == 127:
        return f"^{chr(code ^ 64)}"
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
