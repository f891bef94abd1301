"""One module with its sites: finds a plan for each, and carries out those that are wanted.

All rewritten sites of a file run in one program, so they share a mode (`Mode`): where one site needs session code to
stay, no other can move to TF2's own behaviour, and gets the next lower plan that can be had.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from migrate.choices import CHOICE, NOT_ACCEPTED, Choices
from migrate.results import Finding, Level, Site
from migrate.settings import Settings
from migrate.source.bugs import bugs_as_reasons
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.strategies.other_answers import refuse_other_answers
from migrate.source.strategies.outside_training import refuse_outside_training
from migrate.source.strategies.registry import STRATEGIES
from migrate.source.strategies.site_plan import Mode, Strategy
from migrate.source.units.carrying_out import CarryingOut
from migrate.source.units.line_breaks import has_unusual_breaks
from migrate.source.units.modes import Modes
from migrate.source.units.native_units import NativeUnits
from migrate.source.units.said import Said
from migrate.source.units.unit import NATIVE, Failed, Unit, mode_of
from migrate.source.unprovable import ELSEWHERE, NOT_REWRITTEN, OLD_FORMAT, Inapplicable, Unprovable
from migrate.source.view import ModuleView

_STAYS = "the rewrite of an export of the same graph was not accepted"
_LEVELS = list(Level)


class Module:
    """A module whose sites get the best plans that can be shown to be safe."""

    def __init__(self, view: ModuleView, settings: Settings, choices: Choices) -> None:
        """Reads a module.

        Args:
            view: What is known of it.
            settings: What may be done.
            choices: What was decided about single sites.
        """
        self.text = view.text
        self.path = view.path
        self.settings = settings
        self.choices = choices
        self.view = view
        self._candidates = self.view.candidates
        self._passed_units: list[Unit] = []
        self._said = Said(view)
        self._modes = Modes(view, settings, self._said)
        self._carrying_out = CarryingOut(view, settings, choices, self._again)
        self._native = NativeUnits(view, settings, choices, self._said, self._carrying_out, self._again)

    def sites(self) -> tuple[Site, ...]:
        """Every site, in the order of the source."""
        return self._said.sites()

    def reason(self, ordinal: int) -> Unprovable:
        """Why a candidate got no plan."""
        return self._said.reason(ordinal)

    def reasons(self, ordinal: int) -> list[tuple[str, Unprovable]]:
        """Why a candidate got no plan, or no better one: names of strategies, and what each says."""
        return self._said.reasons(ordinal)

    def mode(self, units: Sequence[Unit]) -> Mode | None:
        """How TensorFlow must behave for the text after some units; None where there are none."""
        return mode_of(units)

    def native_units(self) -> list[Unit]:
        """A unit for the exports of every graph that is built where it is exported."""
        return self._native.units(self._open())

    def native_unit(self, ordinals: tuple[int, ...]) -> Unit | None:
        """The native unit for some exports of one graph."""
        return self._native.unit(ordinals)

    def carry_out(self, units: list[Unit], mode: Mode | None = None) -> str:
        """The text after the plans of some units.

        Args:
            units: The units.
            mode: How TensorFlow must behave for what was rewritten before, if anything was.

        Raises:
            Failed: Where one of them cannot be written.
        """
        return self._carrying_out.text(units, mode)

    def incomplete(self, chosen: list[Unit], text: str) -> list[Unit]:
        """Native units that leave a placeholder behind, of a graph that nothing exports: TF2 would not run it.

        Args:
            chosen: The units.
            text: What they leave.
        """
        natives = self._modes.incomplete(chosen, text)
        if natives:
            self._carrying_out.forget()
        return natives

    def units(self) -> list[Unit]:
        """The units that can be carried out, each at the best level; what cannot be rewritten is flagged."""
        chosen = [unit for unit in self.native_units() if self._wanted(unit)]
        options = {ordinal: self._options(ordinal) for ordinal in self._open()}
        taken = {ordinal for unit in chosen for ordinal in unit.ordinals}
        chosen += self._next(options.keys() - taken, options, taken)
        while chosen:
            # In the order in which they are carried out in the end.
            chosen.sort(key=lambda unit: unit.ordinals)
            lowered = self._modes.conflicts(chosen) or self._failing(chosen)
            if not lowered:
                break
            for unit in lowered:
                chosen.remove(unit)
            self._revive(chosen, options)
            taken = {ordinal for unit in chosen for ordinal in unit.ordinals}
            chosen += self._next(sorted(options.keys() - taken), options, taken)
        for unit in chosen:
            for ordinal, site in zip(unit.ordinals, unit.sites, strict=True):
                self._said.tell(ordinal, site)
        taken = {ordinal for unit in chosen for ordinal in unit.ordinals}
        for ordinal in self.choices.closed:
            if not self._is_skipped(self._candidates[ordinal]):
                self._said.refuse(ordinal, Level.NATIVE, CHOICE, Unprovable(NOT_REWRITTEN, NOT_ACCEPTED))
                self._said.flag(ordinal)
        for ordinal in options.keys() - taken:
            self._said.flag(ordinal)
        return chosen

    def _open(self) -> list[int]:
        """The candidates that no comment, no option and no choice rules out."""
        return [
            ordinal
            for ordinal, candidate in enumerate(self._candidates)
            if ordinal not in self.choices.closed and not self._is_skipped(candidate)
        ]

    def _options(self, ordinal: int) -> Iterator[Unit]:
        """Units for one candidate, best first; why there is no better one is noted on the way."""
        candidate = self._candidates[ordinal]
        if has_unusual_breaks(self.text):
            reason = "the file has form feeds, or lines that end with a carriage return alone"
            self._said.refuse(ordinal, Level.NATIVE, NATIVE, Unprovable(NOT_REWRITTEN, reason))
            return
        try:
            self._refuse_at_any_level(candidate)
        except Unprovable as refusal:
            self._said.refuse(ordinal, Level.NATIVE, NATIVE, refusal)
            return
        for strategy in STRATEGIES:
            if self._said.is_final(ordinal):
                return
            if candidate.kind not in strategy.kinds:
                continue
            unit = self.unit(ordinal, strategy)
            if unit is not None and self._wanted(unit):
                yield unit

    def _refuse_at_any_level(self, candidate: Candidate) -> None:
        if candidate.starred is not None:
            reason = f"its 'tf' comes by 'from {candidate.starred} import *': import TensorFlow in this file, too"
            raise Unprovable(ELSEWHERE, reason)
        if candidate.kind is SiteKind.SESSION_BUNDLE:
            reason = "it writes a SessionBundle, which no TensorFlow 2 and no current server reads"
            raise Unprovable(OLD_FORMAT, reason)
        refuse_other_answers(self.view.symbols, self.text)
        refuse_outside_training(candidate, self.view)

    def unit(self, ordinal: int, strategy: Strategy) -> Unit | None:
        """The unit that a strategy plans for a candidate; None where it does not apply."""
        candidate = self._candidates[ordinal]
        try:
            with bugs_as_reasons():
                plan = strategy.plan(candidate, self.view)
        except Inapplicable:
            return None
        except Unprovable as reason:
            self._said.refuse(ordinal, strategy.level, strategy.name, reason)
            return None
        covered = [candidate, *plan.covers]
        sites = [self._said.site(one, plan.rule, plan.level, plan.message, None, plan.signatures) for one in covered]
        notes = tuple(Finding(rule, sites[0].line, sites[0].column, text, plan.level) for rule, text in plan.notes)
        sites = [replace(site, findings=notes, proved=plan.proved) for site in sites]
        ordinals = tuple(self._candidates.index(one) for one in covered)
        staying = self.choices.closed.intersection(ordinals)
        if staying:
            stays = Unprovable(NOT_REWRITTEN, _STAYS, self._candidates[min(staying)].call)
            self._said.refuse(ordinal, strategy.level, strategy.name, stays)
            return None
        return Unit(ordinals, plan, sites, strategy)

    def _next(
        self, ordinals: Collection[int], options: dict[int, Iterator[Unit]], taken: Collection[int]
    ) -> list[Unit]:
        """The next best units for some candidates; none of them covers a candidate that has its unit already."""
        found: list[Unit] = []
        settled = set(taken)
        # What an export covers, such as the graph that it loads, should not get a plan of its own before it.
        for ordinal in sorted(ordinals, key=lambda one: (self._candidates[one].kind not in EXPORTS, one)):
            if ordinal in settled:
                continue
            unit: Unit | None = None
            for one in options.get(ordinal, ()):
                if settled.isdisjoint(one.ordinals):
                    unit = one
                    break
                self._passed_units.append(one)
            if unit is not None:
                found.append(unit)
                settled |= set(unit.ordinals)
        return found

    def _revive(self, chosen: list[Unit], options: dict[int, Iterator[Unit]]) -> None:
        """Chooses a unit that was passed over for one that is gone by now, where it is better than what is chosen.

        What it takes the place of comes back where it is lowered itself.
        """
        for unit in self._passed_units:
            others = [one for one in chosen if not set(one.ordinals).isdisjoint(unit.ordinals)]
            level = _LEVELS.index(unit.sites[0].level)
            if all(_LEVELS.index(one.sites[0].level) > level for one in others):
                self._passed_units.remove(unit)
                for one in others:
                    chosen.remove(one)
                    first = one.ordinals[0]
                    options[first] = chain([one], options.get(first, iter(())))
                chosen.append(unit)
                return

    def _failing(self, chosen: list[Unit]) -> list[Unit]:
        """A unit that cannot be carried out with the others, if there is one."""
        try:
            text = self.carry_out(chosen)
        except Failed as failed:
            unit = chosen[failed.position]
            for ordinal in unit.ordinals:
                self._said.refuse(ordinal, unit.sites[0].level, unit.name, failed.reason)
            return [unit]
        return self.incomplete(chosen, text)

    def _wanted(self, unit: Unit) -> bool:
        """Whether the settings allow a rewrite."""
        settings = self.settings
        rules = {site.rule for site in unit.sites}
        if rules & set(settings.ignore) or (settings.select and not rules <= set(settings.select)):
            self._said.pass_over(unit.ordinals)
            return False
        level = unit.sites[0].level
        best = max((settings.best, *map(self.choices.level, unit.ordinals)), key=_LEVELS.index)
        if _LEVELS.index(level) >= _LEVELS.index(best):
            return True
        text = f"it can be {level.value}, and there is no rewrite at level {best.value}"
        for ordinal in unit.ordinals:
            self._said.refuse(ordinal, level, unit.name, Unprovable(NOT_REWRITTEN, text))
        return False

    def _is_skipped(self, candidate: Candidate) -> bool:
        last = candidate.call.end_lineno or candidate.call.lineno
        skipped = self.view.skipped
        return any(line in skipped for line in range(candidate.call.lineno, last + 1)) or 0 in skipped

    def _again(self, text: str, choices: Choices) -> Module:
        """The module with another text."""
        return Module(self.view.of(text), self.settings, choices)
