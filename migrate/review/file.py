"""One file under review: what it holds, and what can be done about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrate.results import Level, Result
from migrate.review.item import Item

if TYPE_CHECKING:
    from migrate.engine import Planned
    from migrate.source.walk import Found


@dataclass(frozen=True, slots=True)
class ReviewedFile:
    """A file with its proposals, for the decisions made so far.

    Attributes:
        found: Where it is.
        planned: Its proposals. `planned.result` is what becomes of the file where all of them are carried out that
            were not rejected.
        stays_because: Why none of its sites can move to TF2's own behaviour, where another file is in the way.
    """

    found: Found
    planned: Planned = field(repr=False)
    stays_because: str = ""

    @property
    def path(self) -> str:
        """The file, in the spelling in which it was found."""
        return str(self.found.path)

    @property
    def result(self) -> Result:
        """What becomes of it where all proposals are carried out."""
        return self.planned.result

    @property
    def digest(self) -> str:
        """Digest of the text as it was read."""
        return digest_of(self.result.before)

    def items(self) -> tuple[Item, ...]:
        """What is to be decided, in the order of the file."""
        proposed = [Item(self.path, one.sites, one) for one in self.planned.proposals]
        settled = {ordinal for item in proposed for ordinal in item.ordinals}
        others = [
            Item(self.path, (site,), None)
            for site in self.result.sites
            if site.level is Level.FLAGGED and site.ordinal not in settled
        ]
        return tuple(sorted([*proposed, *others], key=lambda item: item.ordinals))


def digest_of(text: str) -> str:
    """Digest of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
