"""Programs that build and freeze graphs in sessions wherever these are made: all of it in a `tf.Graph` of its own.

An object keeps its session, or a function is given it. Then what the program runs gets a graph around it, as for exports
of such programs (TFM209).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import ClassVar

from migrate.results import Level
from migrate.source.arguments import bind
from migrate.source.candidates import LOADS, Candidate, SiteKind
from migrate.source.strategies.freezing.events import PARAMETERS
from migrate.source.strategies.freezing.files import FILES
from migrate.source.strategies.freezing.frozen_sessions import Frozen, refuse_beside
from migrate.source.strategies.freezing.live import LiveFreezing, planned_live
from migrate.source.strategies.freezing.references import use_in_made
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.strategies.wrapping.attributes import function_of
from migrate.source.strategies.wrapping.limits import refuse_early_tensors, refuse_mixed_names
from migrate.source.strategies.wrapping.live import with_loop_note
from migrate.source.strategies.wrapping.place import Place
from migrate.source.strategies.wrapping.program import at_each_graph, in_program, is_plain_session, refuse_threads
from migrate.source.strategies.wrapping.resets import with_new_graphs
from migrate.source.symbols import Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM220"
_OTHER = LOADS | {SiteKind.PREDICTOR}


@dataclass(slots=True, eq=False)
class FreezingProgram(LiveFreezing):
    """All sessions of a program that freezes; its scope is the module."""

    whole: ClassVar[bool] = True
    rule: ClassVar[str] = RULE

    def scopes(self) -> list[Scope]:
        """All functions but those with a site of another kind, which is rewritten on its own, or not at all."""
        other = {one.scope.node for one in self.view.candidates if one.kind in _OTHER}
        functions = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef)
        found = self.view.symbols.scopes()
        return [one for one in found if isinstance(one.node, functions) and one.node not in other]


def plan_freezing_program(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of all calls of a program that freeze sessions, which stay.

    Raises:
        Unprovable: The file is no program that runs them, or a graph cannot be built under TF2.
    """
    outer = view
    refuse_beside(view)
    anew = with_new_graphs(view)
    view = anew.view
    candidate = view.candidates[outer.candidates.index(candidate)]
    refuse_mixed_names(view)
    refuse_threads(view)
    refuse_early_tensors(view)
    code = _code(candidate, view)
    functions = [function_of(one.call, view) for one in (*(frozen.candidate for frozen in code.frozen), *code.files)]
    return in_program(candidate, outer, anew, functions, set(), _planned)


def _planned(candidate: Candidate, view: ModuleView, graphs: list[ast.stmt], *, alone: bool) -> SitePlan:
    del alone
    first, *others = graphs
    plan = planned_live(candidate, _code(candidate, view), Place(first, first, entered=True, fresh=True))
    plan = at_each_graph(with_loop_note(plan, view), first, others)
    use_in_made(None, _code(candidate, view).scopes(), view, plan.changes)
    return plan


def _code(candidate: Candidate, view: ModuleView) -> FreezingProgram:
    """All that a module freezes, as if it were one session."""
    frozen: list[Frozen] = []
    files: list[Candidate] = []
    for one in view.candidates:
        if one.kind is not SiteKind.FREEZE:
            continue
        if isinstance(one.scope.node, ast.ClassDef):
            raise Unprovable(CONTROL_FLOW, "a session is frozen in a class body", one.call)
        if view.symbols.resolve(one.call.func, one.scope) == FILES:
            files.append(one)
            continue
        session, _, _, kept, left_out = bind(one.call, PARAMETERS, required=3)
        assert session is not None
        if not is_plain_session(session, one.scope, view):
            raise Unprovable(ELSEWHERE, f"the session {ast.unparse(session)} comes from elsewhere", session)
        frozen.append(Frozen(one, session, one.scope, kept is not None or left_out is not None))
    statement = view.statement(candidate.call)
    return FreezingProgram(view, view.symbols.module, "", candidate.call, statement, None, frozen=frozen, files=files)  # type: ignore[arg-type]


FREEZE_PROGRAM = Strategy("freeze_program", Level.WRAPPED, frozenset({SiteKind.FREEZE}), plan_freezing_program)
