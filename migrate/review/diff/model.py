"""What a diff is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_END = re.compile(r"\r\n|\r|\n")


class Mark(StrEnum):
    """What became of a line, or of some characters of one."""

    EQUAL = "equal"
    REMOVED = "removed"
    ADDED = "added"
    MOVED = "moved"
    """It left its place and is found at another, perhaps indented otherwise, perhaps with a few words changed."""


class Side(StrEnum):
    """Which of the texts a line of the one-column form is from."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Span:
    """Some characters of a line.

    Attributes:
        start: The first of them.
        end: Behind the last one.
        mark: REMOVED on the left side, ADDED on the right one: these characters the other line does not have.
    """

    start: int
    end: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of one of the texts.

    Attributes:
        number: Its number there, from 1.
        text: Its characters without those that end it.
        mark: What became of it.
        spans: What differs from the line that it is paired with, in order; empty where nearly everything does.
        ending: `\n`, `\r\n`, `\r`, or nothing at the end of the text.
        other: The number of the same line in the other text, for lines that are equal or moved.
    """

    number: int
    text: str
    mark: Mark
    spans: tuple[Span, ...] = ()
    ending: str = "\n"
    other: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Two lines next to each other; one of them may be missing.

    Attributes:
        left: The line of the text before.
        right: The line of the text after.
    """

    left: Line | None
    right: Line | None

    @property
    def is_equal(self) -> bool:
        """Whether nothing changes here."""
        return self.left is not None and self.left.mark is Mark.EQUAL


@dataclass(frozen=True, slots=True)
class Hunk:
    """Rows with changes and some unchanged ones around them.

    Attributes:
        start: Index of the first row.
        end: Index behind the last one.
    """

    start: int
    end: int


def split(text: str) -> tuple[tuple[str, str], ...]:
    """The lines of a text as Python counts them, each with what ends it."""
    lines: list[tuple[str, str]] = []
    at = 0
    for end in _END.finditer(text):
        lines.append((text[at : end.start()], end.group()))
        at = end.end()
    if at < len(text):
        lines.append((text[at:], ""))
    return tuple(lines)
