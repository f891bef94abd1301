"""The proposals for the files of a tree, for any choices: each is made once, of the text as it was read first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrate.choices import CHOICE, NOT_ACCEPTED, Choices
from migrate.errors import MigrateError
from migrate.paths import plan_bytes
from migrate.results import Level, Refusal, Result, Site
from migrate.review.file import ReviewedFile
from migrate.settings import Settings
from migrate.source.files import decode
from migrate.source.unprovable import NOT_REWRITTEN

if TYPE_CHECKING:
    from migrate.engine import Planned
    from migrate.source.walk import Found


class Plans:
    """What can be done about the files, for any choices.

    Args:
        settings: What may be done.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[tuple[str, Choices, str], Planned] = {}

    def add(self, found: Found, planned: Planned) -> ReviewedFile:
        """Takes what was planned when the tree was read."""
        self._known[str(found.path), Choices(), ""] = planned
        return ReviewedFile(found, planned)

    def first(self, path: str) -> Planned:
        """What was planned for a file when the tree was read."""
        return self._known[path, Choices(), ""]

    def file(self, found: Found, choices: Choices, stays_because: str = "") -> ReviewedFile:
        """A file with its proposals for some choices.

        Args:
            found: The file.
            choices: What was decided about its sites.
            stays_because: Why none of them can move to TF2's own behaviour, where another file is in the way.
        """
        path = str(found.path)
        key = (path, choices, stays_because)
        if key not in self._known:
            self._known[key] = self._planned(found, choices, stays_because)
        return ReviewedFile(found, self._known[key], stays_because)

    def bytes_of(self, found: Found) -> bytes:
        """What a file held when the tree was read, though it may hold something else by now."""
        before = self.first(str(found.path)).result.before
        guess = before.encode("utf-8", "surrogatepass")
        try:
            data = found.path.read_bytes()
            if decode(data).text == before:
                return data
        except (OSError, MigrateError):
            pass
        # It is not written any more in the end (`migrate.write`); but nobody loses what was decided meanwhile.
        try:
            # The coding cookie, if there is one, is in ASCII.
            return decode(guess).encode(before)
        except MigrateError:
            return guess

    def _planned(self, found: Found, choices: Choices, stays_because: str) -> Planned:
        from migrate.engine import Planned

        result = self.first(str(found.path)).result
        if choices.closed.issuperset(site.ordinal for site in result.sites):
            # The engine would say the same, and take its time.
            return Planned(left(result))
        settings = replace(self._settings, stays_because=stays_because)
        return plan_bytes(self.bytes_of(found), str(found.path), settings, choices)


def left(result: Result, reason: str = NOT_ACCEPTED) -> Result:
    """The result for a file where nothing is carried out.

    Args:
        result: What would become of it.
        reason: Why not.
    """
    refusals = (Refusal(Level.NATIVE, CHOICE, NOT_REWRITTEN, reason),)

    def stays(site: Site) -> Site:
        return Site(
            NOT_REWRITTEN, site.kind, site.line, site.column, Level.FLAGGED, "left as it is", reason,
            refusals=refusals, ordinal=site.ordinal,
        )  # fmt: skip

    return replace(result, after=result.before, sites=tuple(map(stays, result.sites)), mode=None)
