"""The wrapped strategy for graphs whose export does not stand where the session is made.

A helper exports the session that it is given, an object keeps it, or the module builds the graph that a function
exports. What exports is read at its call, and then planned as if it had always stood there. What builds the graph stays
where it is.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from migrate.choices import Choices
from migrate.results import Level
from migrate.source.candidates import EXPORTS, LOADS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.inlining.expand import Expansion
from migrate.source.inlining.needs import ExportNeeds, Needs
from migrate.source.inlining.paths import definition_at
from migrate.source.strategies.imported.graph import IMPORTED_IN_SESSION_CODE
from migrate.source.strategies.inlined import Attempt, plan_read
from migrate.source.strategies.keras.model import KERAS_MODEL
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.strategies.wrapping.graph_code import GRAPH_CODE
from migrate.source.symbols import Scope
from migrate.source.unprovable import ELSEWHERE, Inapplicable, Unprovable
from migrate.source.view import ModuleView

if TYPE_CHECKING:
    from migrate.source.module import Module
    from migrate.source.units.unit import Unit


RULE = "TFM208"
INLINED = "TFM009"


@dataclass(frozen=True, slots=True)
class _Called(Attempt):
    """One way to read it, and one strategy for what results."""

    needs: ClassVar[type[Needs]] = ExportNeeds
    strategy: ClassVar[Strategy]
    told: ClassVar[str] = RULE

    def _planned(self, expansion: Expansion) -> SitePlan:
        # The module tries this strategy, and this strategy a module of another text.
        from migrate.source.module import Module
        from migrate.source.units.unit import Failed

        module = Module(self.view.of(expansion.text), self.view.settings, Choices())
        here = definition_at(module.view.tree, expansion.region)
        found = [
            ordinal
            for ordinal, one in enumerate(module.view.candidates)
            if one.scope.node is here and one.kind in EXPORTS
        ]
        covered = self._covered(expansion)
        if not found or not covered or len(found) % len(covered):
            raise Unprovable(ELSEWHERE, "the export is called at several places", self.candidate.call)
        units = self._units(module, found)
        try:
            text = module.carry_out(units)
        except Failed as failed:
            raise failed.reason from failed
        covered += self._others(units, found, module)
        covered += [one for one in self._loads(expansion, module) if one not in covered]
        plan = units[0].plan
        assert isinstance(plan, SitePlan)
        read = [f"'{'.'.join(path)}'" for path in expansion.used]
        names = ", ".join([*read, *(["the graph of the module"] if self.reading.moved is not None else [])])
        regions = {*self._regions(expansion), *self._same_regions(units, module)}
        return replace(
            plan,
            changes=Changes(whole=text),
            notes=(*plan.notes, *self._notes(names)),
            proved=(*plan.proved, f"{names}: read as if written where it is used"),
            regions=frozenset(regions),
            covers=tuple(one for one in covered if one is not self.candidate),
        )

    def _notes(self, names: str) -> list[tuple[str, str]]:
        return [(self.told, f"{names}: read where it is used")]

    def _units(self, module: Module, found: list[int]) -> list[Unit]:
        """The plans for the exports of the function."""
        units: list[Unit] = []
        for ordinal in found:
            if any(ordinal in unit.ordinals for unit in units):
                continue
            unit = module.unit(ordinal, self.strategy)
            if unit is None:
                raise module.reason(ordinal)
            units.append(unit)
        return units

    def _others(self, units: list[Unit], found: list[int], module: Module) -> list[Candidate]:
        """What the plans cover besides the exports, as candidates of the file."""
        others = {ordinal for unit in units for ordinal in unit.ordinals}.difference(found)
        return [self._same(module.view.candidates[ordinal], module) for ordinal in sorted(others)]

    def _loads(self, expansion: Expansion, module: Module) -> list[Candidate]:
        """What is loaded in the function, or in what was read there and is gone: it is part of the export now."""
        there = {scope_path(scope) for scope in module.view.symbols.scopes()}
        found: list[Candidate] = []
        for one in self.view.candidates:
            path = scope_path(one.scope)
            read = any(path[: len(used)] == used for used in expansion.used) and path not in there
            if one.kind in LOADS and (path == expansion.region or read):
                found.append(one)
        return found

    def _same(self, candidate: Candidate, module: Module) -> Candidate:
        path = scope_path(candidate.scope)
        inner = [one for one in module.view.candidates if scope_path(one.scope) == path]
        own = [one for one in self.view.candidates if scope_path(one.scope) == path]
        if len(inner) != len(own):
            raise Unprovable(ELSEWHERE, "the sites of the file cannot be told apart", self.candidate.call)
        return own[inner.index(candidate)]

    def _same_regions(self, units: list[Unit], module: Module) -> list[ast.AST]:
        """The functions of the file that the plans are for."""
        plans = [unit.plan for unit in units if isinstance(unit.plan, SitePlan)]
        nodes = {node for plan in plans for node in plan.regions}
        paths = {scope_path(scope) for scope in module.view.symbols.scopes() if scope.node in nodes}
        return [scope.node for scope in self.view.symbols.scopes() if scope_path(scope) in paths]


class CalledKeras(_Called):
    """A Keras model that a helper exports."""

    strategy = KERAS_MODEL
    told = INLINED


class _Wrapped(_Called):
    strategy = GRAPH_CODE


class _Imported(_Called):
    """A graph without variables, in a file whose session code stays."""

    strategy = IMPORTED_IN_SESSION_CODE


def scope_path(scope: Scope) -> tuple[str, ...]:
    """The names of a function or class, from the outside in."""
    names: list[str] = []
    around: Scope | None = scope
    while around is not None and around.parent is not None:
        names.insert(0, getattr(around.node, "name", type(around.node).__name__))
        around = around.parent
    return tuple(names)


def plan_called(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of an export whose session is made by what calls it, or whose graph by the module.

    Raises:
        Unprovable: Where that cannot be read in one place, or the graph not be wrapped then.
    """
    if candidate.kind is SiteKind.EXPORT_CALL:
        # It reads the other module, and then plans by this strategy.
        from migrate.source.strategies.other_modules import plan_called_module

        return plan_called_module(candidate, view)
    return plan_read(candidate, view, _Wrapped)


def plan_called_imported(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the same for graphs without variables, in a file whose session code stays.

    Raises:
        Unprovable: Where that cannot be read in one place, or the graph may have variables.
    """
    if "import_graph_def" not in view.text:
        raise Inapplicable(ELSEWHERE, "no GraphDef is imported", candidate.call)
    return plan_read(candidate, view, _Imported)


CALLED = Strategy("called", Level.WRAPPED, EXPORTS | {SiteKind.EXPORT_CALL}, plan_called)
CALLED_IMPORTED = Strategy("called", Level.WRAPPED, EXPORTS, plan_called_imported)
