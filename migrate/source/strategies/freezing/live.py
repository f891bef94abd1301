"""Graphs that code builds and freezes in a session that does more: it stays, in a `tf.Graph` of its own.

Where a session trains, evaluates or is handed to other code, only the values of its variables leave it, at the call that
freezes. All else of that is work on GraphDefs, so nothing needs TensorFlow 1's behaviour in the whole program.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import ClassVar

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.strategies.bridge_limits import refuse_quantization
from migrate.source.strategies.freezing.built import add_function, notes_of, put_in_graph
from migrate.source.strategies.freezing.files import MESSAGE, add_files
from migrate.source.strategies.freezing.files import RULE as FILES_RULE
from migrate.source.strategies.freezing.frozen_sessions import Frozen, all_frozen, frozen_session, refuse_beside
from migrate.source.strategies.freezing.limits import refuse_gone
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.strategies.wrapping.graph_code import plan_session
from migrate.source.strategies.wrapping.live import LiveSession, live_session, with_loop_note
from migrate.source.strategies.wrapping.modules import read_modules
from migrate.source.strategies.wrapping.place import Place
from migrate.source.strategies.wrapping.seeds_and_resets import refuse_resets, refuse_seeds
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.strategies.wrapping.session_plan import graph_scopes
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM218"
_MESSAGE = (
    "the session stays, with a tf.Graph of its own, and no more than the values of its variables leaves it: they take "
    "the place of the variables in the GraphDef"
)
_PROVED = (
    "the graph has variables of TensorFlow 1's kind, and so the same nodes",
    "all code of this file that builds or runs the graph has the same names under tf.compat.v1",
)


@dataclass(slots=True, eq=False)
class LiveFreezing(LiveSession):
    """A session that is made in a function, is frozen, and is used for more.

    Attributes:
        frozen: Where it is frozen.
        files: What freezes files beside it.
    """

    frozen: list[Frozen] = field(default_factory=list)
    files: list[Candidate] = field(default_factory=list)
    rule: ClassVar[str] = RULE


def plan_live_freezing(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the calls that freeze one session, which stays for what else it does.

    Raises:
        Unprovable: It is not made here, or the graph cannot be built under TF2.
    """
    return with_loop_note(plan_session(candidate, view, read_live_freezing, planned_live), view)


def read_live_freezing(candidate: Candidate, view: ModuleView) -> LiveFreezing:
    """The session that a call freezes, whatever else it does, and all calls that do.

    Args:
        candidate: One of them.
        view: The module.

    Raises:
        Unprovable: It is not made in a function of the file.
    """
    found = frozen_session(candidate, view)
    refuse_beside(view, found.scope)
    if isinstance(found.scope.node, ast.ClassDef):
        raise Unprovable(CONTROL_FLOW, "the session is frozen in a class body", candidate.call)
    made = live_session(found.session, found.scope, candidate, view)
    frozen = [
        one
        for one in all_frozen(view)
        if one.scope is found.scope and isinstance(one.session, ast.Name) and one.session.id == made.name
    ]
    return LiveFreezing(
        view, made.scope, made.name, made.call, made.statement, made.graph, made=made.made, frozen=frozen
    )


def planned_live(candidate: Candidate, code: SessionCode, place: Place) -> SitePlan:
    """The plan for the calls that freeze a session which stays, whose graph has its place.

    Args:
        candidate: One of them.
        code: The session.
        place: Where the graph is built.

    Raises:
        Unprovable: The graph cannot be built under TF2.
    """
    assert isinstance(code, LiveFreezing)
    view = code.view
    refuse_quantization(view)
    rule = code.rule if code.frozen else FILES_RULE
    sites = [*(one.candidate for one in code.frozen), *code.files]
    for one in sites:
        if one.call.lineno in view.skipped:
            raise Unprovable(ELSEWHERE, "the same session is frozen at a line that is to stay", one.call)
    scopes = graph_scopes(code)
    refuse_gone(scopes, view.symbols)
    refuse_resets(code, scopes)
    modules = read_modules(view)
    changes = code.changes("")
    refuse_seeds(code, scopes)
    put_in_graph(code, place, scopes, changes, modules)
    if code.frozen:
        lists = any(one.lists for one in code.frozen)
        add_function(code, [one.candidate for one in code.frozen], changes, lists=lists)
    first = min(sites, key=lambda one: view.top_level(one.call).lineno)
    for one in code.files:
        add_files(one, view, changes, first.call)
    return SitePlan(
        rule,
        Level.WRAPPED,
        _MESSAGE if code.frozen else MESSAGE,
        changes,
        proved=_PROVED,
        notes=notes_of(rule, modules, view),
        regions=frozenset(scope.node for scope in scopes) | {one.scope.node for one in sites},
        covers=tuple(one for one in sites if one is not candidate),
    )


FREEZE_LIVE = Strategy("freeze_live", Level.WRAPPED, frozenset({SiteKind.FREEZE}), plan_live_freezing)
