"""What a caller has decided about the sites of one file before it is rewritten."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from migrate.results import Level

CHOICE = "choice"
"""What stands in the place of a strategy where it was a choice."""
NOT_ACCEPTED = "its rewrite was not accepted"
"""Why a site stays that is closed."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be done with each site of a file. A site is named by its ordinal (`Site.ordinal`).

    Attributes:
        closed: The sites to leave as they are.
        levels: By site, the best level wanted; for those that are not named it is that of the settings.
    """

    closed: frozenset[int] = frozenset()
    levels: tuple[tuple[int, Level], ...] = ()

    def closing(self, ordinals: Collection[int]) -> Choices:
        """The same, with further sites left as they are."""
        return replace(self, closed=self.closed.union(ordinals))

    def limiting(self, ordinals: Collection[int], level: Level) -> Choices:
        """The same, with no better level than `level` for some sites."""
        return replace(self, levels=tuple(sorted({**dict(self.levels), **dict.fromkeys(ordinals, level)}.items())))

    def level(self, ordinal: int) -> Level:
        """The best level wanted for a site."""
        return dict(self.levels).get(ordinal, Level.NATIVE)

    def of(self, left: Sequence[int]) -> Choices:
        """The same for a text in which only some of the sites are left; the n-th is what was the `left[n]`-th."""
        closed = frozenset(new for new, old in enumerate(left) if old in self.closed)
        levels = dict(self.levels)
        return Choices(closed, tuple((new, levels[old]) for new, old in enumerate(left) if old in levels))
