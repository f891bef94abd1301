"""Looking for a text in the lines of a diff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migrate.review.diff.model import Row, Side


@dataclass(frozen=True, slots=True)
class Match:
    """A place where the text is.

    Attributes:
        row: The row.
        side: Which of its lines; both where they are the same.
        start: The first character there.
        end: Behind the last one.
    """

    row: int
    side: Side
    start: int
    end: int


def find(rows: Sequence[Row], text: str) -> tuple[Match, ...]:
    """Finds a text.

    Args:
        rows: The rows to look in.
        text: What to look for; capitals matter only if it has some.

    Returns:
        All places, in order; in equal lines once.
    """
    if not text:
        return ()
    exact = text != text.lower()
    found: list[Match] = []
    for index, row in enumerate(rows):
        sides = ((Side.BOTH, row.right),) if row.is_equal else ((Side.LEFT, row.left), (Side.RIGHT, row.right))
        for side, line in sides:
            if line is not None:
                places = _places(line.text if exact else _lower(line.text), text)
                found += [Match(index, side, at, at + len(text)) for at in places]
    return tuple(found)


def _lower(text: str) -> str:
    """Lower case with the same number of characters, which `str.lower` does not promise."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _places(line: str, text: str) -> list[int]:
    places = []
    at = line.find(text)
    while at >= 0:
        places.append(at)
        at = line.find(text, at + len(text))
    return places
