"""What is written after a review: exactly what was accepted."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.results import Result, Site


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A site whose accepted rewrite cannot be carried out without others that were not accepted.

    Attributes:
        path: The file.
        site: The site, as it was accepted.
        reason: What is in the way, in one clause.
    """

    path: str
    site: Site
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a review comes to.

    Attributes:
        results: What becomes of every file where only that is carried out which was accepted.
        held: What was accepted and is not carried out.
    """

    results: tuple[Result, ...]
    held: tuple[HeldBack, ...] = ()
