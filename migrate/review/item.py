"""What is decided on as a whole: one proposal of a file, or one site that no proposal reaches."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.results import Level, Site

if TYPE_CHECKING:
    from migrate.engine import Proposal


@dataclass(frozen=True, slots=True)
class Item:
    """Sites of one file that are accepted or rejected together.

    Attributes:
        path: The file.
        sites: The sites; never empty.
        proposal: What would be done about them; None where they are flagged, and stay as they are.
    """

    path: str
    sites: tuple[Site, ...]
    proposal: Proposal | None

    @property
    def site(self) -> Site:
        """The first of the sites."""
        return self.sites[0]

    @property
    def ordinals(self) -> tuple[int, ...]:
        """Which sites of the file they are."""
        return tuple(site.ordinal for site in self.sites)

    @property
    def level(self) -> Level:
        """The level they would reach."""
        return self.site.level

    @property
    def digest(self) -> str:
        """Changes where the proposal does; empty where there is none."""
        if self.proposal is None:
            return ""
        return hashlib.sha256(f"{self.level}\n{self.proposal.after}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
