"""Freezing a session where it stays a session: `migrate.bridge` writes the same nodes, so that TF1 can read them.

A frozen graph is a GraphDef with constants in TF2 as in TF1. So code that builds, restores or imports a graph in a
session, and then freezes it, keeps its session and runs with TF1's behaviour.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.mode import builds_graph
from migrate.source.scoped import scoped
from migrate.source.strategies.bridge_limits import refuse_quantization
from migrate.source.strategies.bridge_notes import notes
from migrate.source.strategies.bridged import bridge_name
from migrate.source.strategies.freezing.events import CONVERT
from migrate.source.strategies.freezing.keras import plan_keras
from migrate.source.strategies.freezing.session import is_keras
from migrate.source.strategies.loading.own_graph import needs_default
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, MODE, NO_EQUAL, Inapplicable, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM303"
_FUNCTIONS = {
    CONVERT: "convert_variables_to_constants",
    "python.tools.freeze_graph.freeze_graph": "freeze_graph",
}


def plan_in_session(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans to leave a session that is frozen as it is.

    Raises:
        Unprovable: TF2 has not what the code needs.
    """
    call = candidate.call
    for node, scope in scoped(view.symbols):
        if isinstance(node, ast.Call) and is_keras(view.symbols.qualified(node.func, scope), "get_session"):
            raise Unprovable(ELSEWHERE, "TensorFlow 2's Keras has no session that could be frozen", node)
    refuse_quantization(view)
    imported, name = _function(candidate, view)
    home = candidate.scope.node
    # freeze_graph builds the graph itself, in the default one, and needs TF1's behaviour for that.
    builds = _takes_files(candidate, view) or isinstance(home, ast.Module) or builds_graph(home, view.symbols)
    return SitePlan(
        RULE,
        Level.BRIDGED,
        f"the session stays, and {name} freezes it as TensorFlow 1 did",
        Changes(expressions={call.func: name}, imports=(imported,)),
        Mode.GRAPH if builds else Mode.ANY,
        ("the bridge's call takes the arguments of TF1's, and gets them as they are",),
        notes(view),
    )


def plan_in_own_graph(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the same for a session in a graph of its own, beside an export that moves to TF2's own behaviour.

    Raises:
        Unprovable: There is no export, it needs the default graph, or TF2 has not what the code needs.
    """
    # An export may have been rewritten already.
    if "saved_model.save(" not in view.text and not any(one.kind in EXPORTS for one in view.candidates):
        raise Inapplicable(ELSEWHERE, "nothing is exported beside it", candidate.call)
    if _takes_files(candidate, view):
        raise Unprovable(MODE, "freeze_graph builds the graph itself, in the default one", candidate.call)
    outside = needs_default(candidate.scope.node, view)
    if outside is not None:
        raise Unprovable(MODE, "it is not inside of a with statement for its session or graph", outside)
    return replace(plan_in_session(candidate, view), mode=Mode.EAGER)


def keep_freezing(candidates: Sequence[Candidate], changes: Changes, view: ModuleView) -> None:
    """Lets a session that stays be frozen as TensorFlow 1 did.

    Args:
        candidates: Of the session's code, calls that freeze it among them.
        changes: What is to become of that code.
        view: The module.

    Raises:
        Unprovable: TF2 has not what the code needs.
    """
    for candidate in candidates:
        if candidate.kind is SiteKind.FREEZE:
            refuse_quantization(view)
            imported, name = _function(candidate, view)
            changes.expressions[candidate.call.func] = name
            changes.imports = (*changes.imports, imported)


def _takes_files(candidate: Candidate, view: ModuleView) -> bool:
    """Whether the call is given files, and no session."""
    return view.symbols.resolve(candidate.call.func, candidate.scope) != CONVERT


def _function(candidate: Candidate, view: ModuleView) -> tuple[str, str]:
    """The import of the bridge, and its function for what a call freezes with."""
    call = candidate.call
    resolved = view.symbols.resolve(call.func, candidate.scope) or ""
    if resolved not in _FUNCTIONS:
        raise Unprovable(NO_EQUAL, "TensorFlow 2 has no TransformGraph", call)
    imported, bridge = bridge_name(view)
    return imported, f"{bridge}.{_FUNCTIONS[resolved]}"


FREEZE_KERAS = Strategy("freeze_keras", Level.NATIVE, frozenset({SiteKind.FREEZE}), plan_keras)
FREEZE_IN_OWN_GRAPH = Strategy("freeze_in_session", Level.BRIDGED, frozenset({SiteKind.FREEZE}), plan_in_own_graph)
FREEZE_IN_SESSION = Strategy("freeze_in_session", Level.BRIDGED, frozenset({SiteKind.FREEZE}), plan_in_session)
