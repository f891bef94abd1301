"""Carries out what was accepted in a tree, and finds out what of it cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrate.choices import Choices
from migrate.programs import Programs
from migrate.results import Level, Mode, Result, Site
from migrate.review.edit import Edit
from migrate.review.file import ReviewedFile
from migrate.review.outcome import HeldBack, Outcome
from migrate.review.plans import Plans, left
from migrate.settings import Settings

if TYPE_CHECKING:
    from migrate.source.walk import Found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was accepted of one file.

    Attributes:
        file: The file with its proposals.
        accepted: The sites whose proposals were accepted, as they are proposed.
        edit: A text that takes the place of all proposals.
    """

    file: ReviewedFile
    accepted: tuple[Site, ...]
    edit: Edit | None = None

    @property
    def ordinals(self) -> frozenset[int]:
        """Which sites of the file were accepted."""
        return frozenset(site.ordinal for site in self.accepted)

    @property
    def is_all(self) -> bool:
        """Whether these are all proposals there are."""
        return self.ordinals.issuperset(n for one in self.file.planned.proposals for n in one.ordinals)


def carry_out(wanted: Mapping[str, Wanted], plans: Plans, programs: Programs, settings: Settings) -> Outcome:
    """What becomes of a tree where exactly that is carried out which was accepted.

    What was not accepted stays as it is. Where that is in the way of a rewrite that was accepted, as it is where a
    session has to stay that other exports of the file share, that one is held back.

    Args:
        wanted: What was accepted of each file.
        plans: The proposals.
        programs: Which files run together.
        settings: What may be done.
    """
    return _Carrying(wanted, plans, programs, settings).outcome()


class _Carrying:
    def __init__(self, wanted: Mapping[str, Wanted], plans: Plans, programs: Programs, settings: Settings) -> None:
        self._wanted = wanted
        self._plans = plans
        self._programs = programs
        self._settings = settings
        self._held: dict[tuple[str, int], HeldBack] = {}

    def outcome(self) -> Outcome:
        while True:
            firsts = [self._result(one.file.found, self._settings) for one in self._wanted.values()]
            results = tuple(self._programs.reconciled(firsts, self._settings, self._result))
            lost = list(self._lost(results))
            if not lost:
                return Outcome(results, tuple(self._held[key] for key in sorted(self._held)))
            self._held.update(((held.path, held.site.ordinal), held) for held in lost)

    def _result(self, found: Found, settings: Settings) -> Result:
        path = str(found.path)
        one = self._wanted[path]
        stays = settings.stays_because
        held = {ordinal for other, ordinal in self._held if other == path}
        accepted = {site.ordinal: site.level for site in one.accepted if site.ordinal not in held}
        if one.edit is not None:
            if held.intersection(one.edit.ordinals):
                return left(one.file.result)
            if stays and one.edit.mode is Mode.EAGER:
                return left(one.file.result, stays)
            return replace(one.file.result, after=one.edit.text, mode=one.edit.mode)
        if not accepted:
            return left(one.file.result)
        if one.is_all and not held and not stays:
            return one.file.result
        sites = self._plans.first(path).result.sites
        closed = frozenset(site.ordinal for site in sites).difference(accepted)
        limits = sorted((ordinal, level) for ordinal, level in accepted.items() if level is not Level.NATIVE)
        result = self._plans.file(found, Choices(closed, tuple(limits)), stays).result
        unasked = {site.ordinal for site in result.sites if _is_unasked(site) and site.ordinal not in accepted}
        if unasked:
            result = self._plans.file(found, Choices(closed | unasked, tuple(limits)), stays).result
        return result

    def _lost(self, results: Sequence[Result]) -> Iterator[HeldBack]:
        """What was accepted, and comes out otherwise."""
        by_path = {result.path: result for result in results}
        for path, one in self._wanted.items():
            result = by_path.get(path)
            if result is None:
                continue
            sites = {site.ordinal: site for site in result.sites}
            refused = one.edit is not None and result.after != one.edit.text
            for site in one.accepted:
                now = sites.get(site.ordinal)
                if (path, site.ordinal) in self._held or (now is not None and now.level is site.level and not refused):
                    continue
                reason = result.error or (now.reason if now is not None else None)
                yield HeldBack(path, site, reason or "another site was not accepted")


def _is_unasked(site: Site) -> bool:
    """Whether a site is only one because others are left alone: a call that can be rewritten now."""
    return site.kind == "export_call" and site.level is not Level.FLAGGED
