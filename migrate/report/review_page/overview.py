"""The counts of a review as bars: by level, and by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.results import Level
from migrate.rules import find_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.results import Site


@dataclass(frozen=True, slots=True)
class Piece:
    """One colour of a bar.

    Attributes:
        level: Whose colour.
        count: How many sites.
        start: Where it begins, in hundredths of the longest bar.
        width: How long it is, in the same.
    """

    level: Level
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a picture.

    Attributes:
        name: A level, or the id of a rule.
        title: What that means.
        count: How many sites.
        pieces: By level, the best first.
    """

    name: str
    title: str
    count: int
    pieces: tuple[Piece, ...]


_LEVELS = {
    Level.NATIVE: "TensorFlow 2 throughout",
    Level.WRAPPED: "the old graph as a function",
    Level.BRIDGED: "session code, TF2 model",
    Level.FLAGGED: "left as it is",
}


def level_bars(sites: Sequence[Site]) -> tuple[Bar, ...]:
    """How many sites reach each level."""
    counts = {(str(level), level): sum(site.level is level for site in sites) for level in Level}
    return _bars(counts, {str(level): title for level, title in _LEVELS.items()}, list(map(str, Level)))


def rule_bars(sites: Sequence[Site]) -> tuple[Bar, ...]:
    """By which rule that was decided, the most frequent first."""
    counts = Counter((site.rule, site.level) for site in sites)
    totals = Counter(site.rule for site in sites)
    names = sorted(totals, key=lambda rule: (-totals[rule], rule))
    return _bars(counts, {rule: find_rule(rule).title for rule in names}, names)


def _bars(counts: dict[tuple[str, Level], int], titles: dict[str, str], names: Sequence[str]) -> tuple[Bar, ...]:
    totals = {name: sum(count for (other, _), count in counts.items() if other == name) for name in names}
    unit = 100 / max([1, *totals.values()])
    bars = []
    for name in names:
        pieces = []
        start = 0.0
        for level in Level:
            number = counts.get((name, level), 0)
            if number:
                pieces.append(Piece(level, number, round(start, 2), round(number * unit, 2)))
                start += number * unit
        bars.append(Bar(name, titles[name], totals[name], tuple(pieces)))
    return tuple(bars)
