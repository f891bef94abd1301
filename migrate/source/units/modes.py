"""The mode of a file: what must move to TF2's behaviour, or keep TF1's, cannot be beside what does the other."""

from __future__ import annotations

import ast

from migrate.settings import Settings
from migrate.source.candidates import SiteKind
from migrate.source.mode import PLACEHOLDERS, bridge_import, graph_code, switches_mode
from migrate.source.strategies.plan import NativePlan
from migrate.source.strategies.site_plan import Mode
from migrate.source.symbols import Symbols
from migrate.source.units.said import Said
from migrate.source.units.unit import Unit
from migrate.source.unprovable import MODE, Unprovable
from migrate.source.view import ModuleView

_LEFT = PLACEHOLDERS | {"get_variable", "Session", "InteractiveSession"}


class Modes:
    """Which units of a module cannot be beside others, because TensorFlow has one behaviour in a program."""

    def __init__(self, view: ModuleView, settings: Settings, said: Said) -> None:
        """Reads what the module needs.

        Args:
            view: The module.
            settings: What may be done.
            said: Where units that have to go are noted.
        """
        self._view = view
        self._settings = settings
        self._said = said
        self._candidates = view.candidates

    def conflicts(self, chosen: list[Unit]) -> list[Unit]:
        """Units that cannot be beside others, because TensorFlow has one behaviour."""
        yielding = [unit for unit in chosen if unit.strategy is not None and unit.strategy.gives_way]
        firm = [unit for unit in chosen if unit not in yielding]
        lowered = self._not_eager(firm)
        eager = next((unit for unit in firm if unit.mode is Mode.EAGER), None)
        if lowered or eager is None:
            return lowered
        where = self._candidates[eager.ordinals[0]].call
        reason = Unprovable(
            MODE, "other code of the file moves to TF2's own behaviour, where sessions have no graph", where
        )
        for unit in yielding:
            for ordinal in unit.ordinals:
                self._said.refuse(ordinal, unit.sites[0].level, unit.name, reason)
        return yielding

    def _not_eager(self, chosen: list[Unit]) -> list[Unit]:
        """Units for TF2's own behaviour in a file that needs TF1's."""
        eager = [unit for unit in chosen if unit.mode is Mode.EAGER]
        if not eager:
            return []
        where: ast.AST | None = None
        graph = [unit for unit in chosen if unit.mode is Mode.GRAPH]
        if self._settings.stays_because:
            where = self._candidates[eager[0].ordinals[0]].call
            reason = Unprovable(MODE, self._settings.stays_because)
        elif graph:
            where = self._candidates[graph[0].ordinals[0]].call
            reason = Unprovable(MODE, "other code of the file still needs its session, and TF1's behaviour", where)
        elif (where := bridge_import(self._view.symbols)) is not None:
            reason = Unprovable(MODE, "the file hands sessions to migrate.bridge, which need TF1's behaviour", where)
        else:
            where = self._other_graph_code(chosen)
            reason = Unprovable(MODE, "other code of the file still builds a TF1 graph, which TF2 would not run", where)
        if where is None:
            return []
        for unit in eager:
            for ordinal in unit.ordinals:
                self._said.refuse(ordinal, unit.sites[0].level, unit.name, reason)
        return eager

    def _other_graph_code(self, chosen: list[Unit]) -> ast.AST | None:
        """A place outside of some units that needs TF1's default graph, or TF2's behaviour switched off."""
        view = self._view
        done = {ordinal for unit in chosen for ordinal in unit.ordinals}
        # A call that is not rewritten is none of the file's sites; a predictor has a graph of its own.
        rest = [
            c
            for ordinal, c in enumerate(self._candidates)
            if ordinal not in done and c.kind not in (SiteKind.EXPORT_CALL, SiteKind.PREDICTOR)
        ]
        regions: set[ast.AST] = set()
        for unit in chosen:
            if unit.layered is not None:
                regions.add(unit.layered.scope.node)
            elif isinstance(unit.plan, NativePlan):
                regions.add(unit.plan.kinds.region.scope.node)
            else:
                regions |= unit.plan.regions | {self._candidates[ordinal].scope.node for ordinal in unit.ordinals}
        mixed = next((candidate.call for candidate in rest if candidate.scope.node in regions), None)
        regions |= {candidate.scope.node for candidate in rest}
        switched = switches_mode(view.symbols)
        where = mixed or graph_code(view.symbols, regions)  # type: ignore[arg-type]
        if where is None and switched and rest:
            where = rest[0].call
        if where is None or (view.tensorflow.means_tf2 and not switched):
            return None
        return where

    def incomplete(self, chosen: list[Unit], text: str) -> list[Unit]:
        """Native units that leave parts behind of a graph that nothing exports: TF2 would not run it.

        Args:
            chosen: The units.
            text: What they leave.
        """
        natives = [unit for unit in chosen if isinstance(unit.plan, NativePlan)]
        if not natives or self._view.tensorflow.means_tf2:
            return []
        regions = [unit.plan.kinds.region.scope.node for unit in natives if isinstance(unit.plan, NativePlan)]
        names = {node.name for node in regions if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
        symbols = Symbols(ast.parse(text))
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        others = {node for node in ast.walk(symbols.tree) if isinstance(node, functions) and node.name not in names}
        left = graph_code(symbols, others, names=_LEFT)
        if left is None:
            return []
        what = "a placeholder" if graph_code(symbols, others, names=PLACEHOLDERS) is not None else "graph code"
        reason = Unprovable(MODE, f"{what} that is not exported would stay, which TF2's own behaviour does not have")
        for unit in natives:
            for ordinal in unit.ordinals:
                self._said.refuse(ordinal, unit.sites[0].level, unit.name, reason)
        return natives
