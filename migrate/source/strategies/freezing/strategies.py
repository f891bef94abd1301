"""Freezing a session where it stays a session: `migrate.bridge` writes the same nodes, so that TF1 can read them.

A frozen graph is a GraphDef with constants in TF2 as in TF1. So code that builds, restores or imports a graph in a
session, and then freezes it, keeps its session and runs with TF1's behaviour.
"""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.mode import builds_graph
from migrate.source.scoped import scoped
from migrate.source.strategies.bridge_limits import refuse_quantization
from migrate.source.strategies.bridge_notes import notes
from migrate.source.strategies.bridged import bridge_name
from migrate.source.strategies.freezing.keras import CONVERT, plan_keras
from migrate.source.strategies.freezing.session import is_keras
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, NO_EQUAL, Unprovable
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
    resolved = view.symbols.resolve(call.func, candidate.scope) or ""
    if resolved not in _FUNCTIONS:
        raise Unprovable(NO_EQUAL, "TensorFlow 2 has no TransformGraph", call)
    for node, scope in scoped(view.symbols):
        if isinstance(node, ast.Call) and is_keras(view.symbols.qualified(node.func, scope), "get_session"):
            raise Unprovable(ELSEWHERE, "TensorFlow 2's Keras has no session that could be frozen", node)
    refuse_quantization(view)
    imported, bridge = bridge_name(view)
    name = f"{bridge}.{_FUNCTIONS[resolved]}"
    home = candidate.scope.node
    # freeze_graph builds the graph itself, in the default one, and needs TF1's behaviour for that.
    builds = resolved != CONVERT or isinstance(home, ast.Module) or builds_graph(home, view.symbols)
    return SitePlan(
        RULE,
        Level.BRIDGED,
        f"the session stays, and {name} freezes it as TensorFlow 1 did",
        Changes(expressions={call.func: name}, imports=(imported,)),
        Mode.GRAPH if builds else Mode.ANY,
        ("the bridge's call takes the arguments of TF1's, and gets them as they are",),
        notes(view),
    )


FREEZE_KERAS = Strategy("freeze_keras", Level.NATIVE, frozenset({SiteKind.FREEZE}), plan_keras)
FREEZE_IN_SESSION = Strategy("freeze_in_session", Level.BRIDGED, frozenset({SiteKind.FREEZE}), plan_in_session)
