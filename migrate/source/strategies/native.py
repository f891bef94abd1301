"""The native strategy: a `tf.Module` with one `tf.function` a signature, and `tf.saved_model.save`.

Applies where the whole graph between inputs and outputs is built in the function (or module) that exports it. The
values come from the initializers, from assign ops the session ran, or, where anything else happened in the session,
from the session itself: then the old graph stays, its values are read once, and the module is built from them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.flow import Definition, Step, Value
from migrate.source.kinds import IN_GRAPH, Kind, Kinds, calls, header
from migrate.source.sites import ExportSite
from migrate.source.slicing.graph_contexts import graph_context, sets_graph
from migrate.source.strategies.constructor import ConstructorPlanner
from migrate.source.strategies.functions import FunctionPlanner
from migrate.source.strategies.init_ops import InitOpPlanner
from migrate.source.strategies.naming import class_name
from migrate.source.strategies.plan import NativePlan
from migrate.source.strategies.repeated import refuse_repeated
from migrate.source.strategies.same_seeds import refuse_same_seeds
from migrate.source.strategies.sharing import share
from migrate.source.strategies.values import ValuePlanner
from migrate.source.syntax import walk
from migrate.source.unprovable import ELSEWHERE, NOT_STATIC, Unprovable
from migrate.source.variable_names import refuse_names_of_variables


def plan_native(sites: tuple[ExportSite, ...], kinds: Kinds, taken: Iterable[str], module: str = "") -> NativePlan:
    """Plans the rewrite of exports that share one graph.

    Args:
        sites: Exports of one region.
        kinds: That region.
        taken: Names the module already uses, which the class must not take.
        module: The module's name, for want of a better one for the class.

    Raises:
        Unprovable: Where equality cannot be proved, with the reason.
    """
    return NativePlanner(sites, kinds, frozenset(taken), module).plan()


class NativePlanner(FunctionPlanner, InitOpPlanner, ValuePlanner, ConstructorPlanner):
    """Plans the exports of one graph."""

    def plan(self) -> NativePlan:
        """The plan.

        Raises:
            Unprovable: Where equality cannot be proved.
        """
        plan = self.plan_
        self._refuse_places()
        plan.foreign = self._foreign()
        self._functions()
        self._init_ops()
        self._assets()
        self._state_values()
        self._table_assets()
        self._states_attributes()
        states: set[Value] = {state.definition for state in plan.states if state.definition is not None}
        plan.shared = share(plan.functions, self.kinds, self.facts, states, self._fresh)
        self._constructor()
        drawn = [state for state in plan.states if state.handed is None and state.same is None]
        refuse_same_seeds((state.expression for state in drawn if not self._restored(state)), self.kinds)
        self._captures()
        refuse_repeated(plan)
        if plan.legacy:
            refuse_names_of_variables(self.region.symbols)
        plan.class_name = class_name(self.region, self.module, self.taken)
        return plan

    def _refuse_places(self) -> None:
        for node in walk(self.region.scope.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if (
                    node.func.id in ("exec", "eval", "globals", "locals") or (node.func.id == "vars" and not node.args)
                ) and self.region.scope.owner(node.func.id) is None:
                    raise Unprovable(NOT_STATIC, f"{node.func.id}() may read or set any name", node)
        for site in self.sites:
            if self.kinds.of(site.session) is not Kind.SESSION:
                raise Unprovable(
                    ELSEWHERE, f"the session {ast.unparse(site.session)} comes from elsewhere", site.session
                )

    def _foreign(self) -> set[Step]:
        """Steps that belong to other graphs than that of the exports."""
        mine = graph_context(self.sites[0].added[0], self.kinds)
        found: set[Step] = set()
        for step in self.region.steps:
            if step.inlined is None and graph_context(step, self.kinds) is not mine and self._touches_graph(step):
                if not self._uses_own(step, mine):
                    found.add(step)
        return found - {step for site in self.sites for step in (site.opened, *site.added, site.saved)}

    def _uses_own(self, step: Step, mine: Step | Value | None) -> bool:
        """Whether a step behind a reset of the default graph still uses the graph from before it, by name."""
        if mine is not None and (mine in step.reads or mine in step.writes):
            # `tf.Session(graph=graph)`, and the making of the graph itself.
            return True
        for value in step.reads:
            if isinstance(value, Definition) and self.kinds.value(value) in IN_GRAPH | {Kind.SESSION}:
                if graph_context(value.step, self.kinds) is mine or mine in value.step.reads:
                    return True
        return False

    def _touches_graph(self, step: Step) -> bool:
        """Whether a step builds, runs or enters a graph; plain Python belongs to all graphs of a region."""
        kinds = {self.kinds.value(value) for value in [*step.writes, *step.reads]}
        if kinds & (IN_GRAPH | {Kind.SESSION, Kind.GRAPH, Kind.SAVER, Kind.INFO, Kind.SIGNATURE, Kind.BUILDER}):
            return True
        return sets_graph(step.node, self.kinds) or any(
            self.kinds.of(call) in IN_GRAPH | {Kind.SESSION} or (self.kinds.symbol(call) or "") == "reset_default_graph"
            for part in header(step)
            for call in calls(part)
        )
