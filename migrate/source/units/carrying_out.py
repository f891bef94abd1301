"""Carrying out units: the text after the plans of some."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from migrate.choices import Choices
from migrate.settings import Settings
from migrate.source.bugs import bugs_as_reasons
from migrate.source.candidates import SiteKind
from migrate.source.changes import merged
from migrate.source.emit.changed import emit_eager, emit_graph_mode
from migrate.source.emit.file import emit
from migrate.source.emit.outside import in_graphs
from migrate.source.layers.rewrite import Layered, without_layer_imports
from migrate.source.notebook.cells import refuse_split
from migrate.source.strategies.plan import NativePlan
from migrate.source.strategies.site_plan import Mode, SitePlan
from migrate.source.strategies.wrapping.session_plan import PROGRAM_RULE
from migrate.source.units.unit import Failed, Unit, at_once, mode_of
from migrate.source.unprovable import NOT_REWRITTEN, Unprovable
from migrate.source.unrolling.written_out import WrittenOut
from migrate.source.view import ModuleView

if TYPE_CHECKING:
    from migrate.source.module import Module


class CarryingOut:
    """The texts of a module after its units."""

    def __init__(
        self, view: ModuleView, settings: Settings, choices: Choices, again: Callable[[str, Choices], Module]
    ) -> None:
        """Nothing is carried out yet.

        Args:
            view: The module.
            settings: What may be done.
            choices: What was decided about single sites.
            again: Gives the module with another text.
        """
        self._view = view
        self._settings = settings
        self._choices = choices
        self._again = again
        self._candidates = view.candidates
        self._texts: dict[tuple[tuple[int, ...], ...], str] = {}

    def forget(self) -> None:
        """Forgets the texts: the same sites are carried out in another way next."""
        self._texts.clear()

    def text(self, units: list[Unit], mode: Mode | None = None) -> str:
        """The text after the plans of some units.

        Several graphs of one function are rewritten one after the other, each in the text that the one before left.

        Args:
            units: The units.
            mode: How TensorFlow must behave for what was rewritten before, if anything was.

        Raises:
            Failed: Where one of them cannot be written.
        """
        if not units:
            return self._view.text
        if mode is None:
            mode = Mode.EAGER if mode_of(units) is Mode.EAGER else Mode.GRAPH
        key = tuple(unit.ordinals for unit in units)
        if key not in self._texts:
            self._texts[key] = self._carried_out(units, mode)
        return self._texts[key]

    def _carried_out(self, units: list[Unit], mode: Mode) -> str:
        first = next((unit for unit in units if unit.layered is not None), None)
        if first is not None and first.layered is not None:
            return self._carried_out_in(first.layered, units, mode)
        now, later = at_once(units)
        # A predictor that stays is spelled with the rest of the file, and no site of its text.
        later = [unit for unit in later if not self._stays(unit)]
        try:
            with bugs_as_reasons():
                text = self.emit(now, mode)
        except Unprovable as reason:
            raise self._failure(now, units, mode, reason) from reason
        if not later:
            return text
        done = {ordinal for unit in now for ordinal in unit.ordinals}
        left = [ordinal for ordinal in range(len(self._candidates)) if ordinal not in done]
        module = self._again(text, self._choices.of(left))
        natives = {unit.ordinals: unit for unit in module.native_units()}
        wanted: list[Unit] = []
        for unit in later:
            if len(left) != len(module.view.candidates):
                # Which of the new text's sites is this one?
                raise Failed(units.index(unit), Unprovable(NOT_REWRITTEN, "another rewrite of the file changes it"))
            moved = tuple(left.index(ordinal) for ordinal in unit.ordinals)
            again = natives.get(moved) if unit.strategy is None else module.unit(moved[0], unit.strategy)
            if again is None:
                raise Failed(units.index(unit), _unplaced(module.reason(moved[0])))
            wanted.append(again)
        try:
            return module.carry_out(wanted, mode)
        except Failed as failed:
            raise Failed(units.index(later[failed.position]), _unplaced(failed.reason)) from failed

    def _stays(self, unit: Unit) -> bool:
        kinds = {self._candidates[ordinal].kind for ordinal in unit.ordinals}
        plan = unit.plan
        return (
            kinds == {SiteKind.PREDICTOR}
            and isinstance(plan, SitePlan)
            and not (plan.changes.nodes() or plan.changes.whole)
        )

    def _carried_out_in(self, layered: Layered | WrittenOut, units: list[Unit], mode: Mode) -> str:
        """The same in the text whose layers or loops were written out, where the plans are made again."""
        module = self._again(layered.text, self._choices)
        wanted: list[Unit] = []
        for unit in units:
            if unit.strategy is None:
                again = module.native_unit(unit.ordinals)
            else:
                again = module.unit(unit.ordinals[0], unit.strategy)
            if again is None:
                raise Failed(units.index(unit), layered.placed(module.reason(unit.ordinals[0])))
            wanted.append(again)
        try:
            return without_layer_imports(module.carry_out(wanted, mode), self._view.symbols)
        except Failed as failed:
            raise Failed(failed.position, layered.placed(failed.reason)) from failed

    def emit(self, units: list[Unit], mode: Mode) -> str:
        """The text after the plans of units that can be carried out at once.

        Args:
            units: The units.
            mode: How TensorFlow must behave.

        Raises:
            Unprovable: Where one of them cannot be written.
        """
        text = self._emitted(units, mode)
        if mode is Mode.EAGER:
            text = in_graphs(text, self._functions(units))
        refuse_split(self._view.text, text)
        return text

    def _functions(self, units: list[Unit]) -> set[str]:
        """The names of the functions that units rewrite; programs enter their graph elsewhere."""
        kept = [unit for unit in units if isinstance(unit.plan, NativePlan) or unit.plan.rule != PROGRAM_RULE]
        scopes = [self._candidates[ordinal].scope.node for unit in kept for ordinal in unit.ordinals]
        return {node.name for node in scopes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}

    def _emitted(self, units: list[Unit], mode: Mode) -> str:
        view = self._view
        natives = [unit.plan for unit in units if isinstance(unit.plan, NativePlan)]
        if natives:
            return emit(
                view.index,
                view.symbols,
                natives,
                view.tensorflow,
                view.skipped,
                with_migrate=self._settings.depend_on_migrate,
            )
        plans = [unit.plan for unit in units if isinstance(unit.plan, SitePlan)]
        if plans[0].changes.whole is not None:
            return plans[0].changes.whole
        changes = merged(plan.changes for plan in plans)
        if mode is Mode.GRAPH:
            return emit_graph_mode(view.index, view.symbols, changes, view.skipped)
        return emit_eager(view.index, view.symbols, changes, view.tensorflow, view.skipped)

    def _failure(self, now: list[Unit], units: list[Unit], mode: Mode, reason: Unprovable) -> Failed:
        """Which of several units cannot be written."""
        for unit in now:
            try:
                with bugs_as_reasons():
                    self.emit([unit], mode)
            except Unprovable as own:
                return Failed(units.index(unit), own)
        return Failed(units.index(now[0]), reason)


def _unplaced(reason: Unprovable) -> Unprovable:
    """A reason that was found in a text half rewritten, whose lines are not those of the file."""
    return Unprovable(reason.rule, f"once another export is rewritten, {reason.reason}")
