"""What a reviewer says to a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrate.results import Level


class State(StrEnum):
    """What was decided about a site."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EDITED = "edited"
    """Accepted, with a new text of the file that the reviewer wrote."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one site.

    Attributes:
        state: What was decided.
        level: The level that was accepted.
        limit: The best level that the reviewer wants for the site.
        rewrite: Digest of the proposal that was accepted (`migrate.review.item.Item.digest`): where another one comes
            in its place, it has to be decided on anew.
    """

    state: State = State.PENDING
    level: Level | None = None
    limit: Level = Level.NATIVE
    rewrite: str = ""


PENDING = Decision()
