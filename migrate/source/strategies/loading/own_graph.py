"""Sessions that run a loaded model in a graph of their own, beside code that moves to TF2's own behaviour.

Inside of `with tf.Session() as sess:` and `with graph.as_default():` TensorFlow 2 builds graphs as TensorFlow 1 did.
So such code only needs TF1's names, and no switch for the whole program.
"""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import SESSIONS, Role, Roles
from migrate.source.strategies.bridge_limits import refuse_test
from migrate.source.strategies.bridge_notes import gone_notes, missing
from migrate.source.strategies.loading.vanishing import vanishing_names
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.syntax import children
from migrate.source.unprovable import MODE, NO_EQUAL, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM305"
_PREDICTOR = "the predictor stays: that of migrate.tf1 runs the loaded model in a session and a graph of its own"
_NEEDS_GRAPH = frozenset({
    "placeholder", "placeholder_with_default", "sparse_placeholder", "get_variable", "variable_scope", "train.Saver",
    "Variable", "global_variables_initializer", "local_variables_initializer", "tables_initializer",
    "get_default_graph", "train.MonitoredTrainingSession", "import_graph_def", "train.import_meta_graph",
    "get_collection", "global_variables", "trainable_variables",
})  # fmt: skip


def plan_in_own_graph(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans to leave a session in a graph of its own as it is.

    Raises:
        Unprovable: Not all of its function's graph code is inside of that, or TensorFlow 2 has not what it needs.
    """
    refuse_test(candidate, view, "loads")
    gone = missing(view)
    if gone is not None:
        raise Unprovable(NO_EQUAL, gone, candidate.call)
    predictor = candidate.kind is SiteKind.PREDICTOR
    outside = None if predictor else needs_default(candidate.scope.node, view)
    if outside is not None:
        raise Unprovable(MODE, "it is not inside of a with statement for its session or graph", outside)
    return SitePlan(
        RULE,
        Level.BRIDGED,
        _PREDICTOR if predictor else "the session stays and runs the loaded model in its own graph, with TF1's names",
        Changes(),
        Mode.EAGER,
        (
            "a predictor has a graph and a session of its own"
            if predictor
            else "its graph code is inside of with statements that enter the graph",
        ),
        (*gone_notes(view), *vanishing_names(candidate, view, RULE)),
    )


def needs_default(function: ast.AST, view: ModuleView) -> ast.AST | None:
    """Code of a function that needs a graph, and stands where none is entered.

    Args:
        function: The function, or the module.
        view: The module.
    """
    roles = Roles(Places(view.symbols))
    pending: list[ast.AST] = list(children(function))
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, ast.With) and any(_enters(item.context_expr, roles) for item in node.items):
            pending += [part for item in node.items for part in children(item.context_expr)]
            continue
        if isinstance(node, ast.Call):
            restores = isinstance(node.func, ast.Attribute) and node.func.attr == "restore"
            if roles.symbol(node.func) in _NEEDS_GRAPH or restores:
                return node
        pending += children(node)
    return None


def _enters(expression: ast.expr, roles: Roles) -> bool:
    match expression:
        case ast.Call(func=ast.Attribute(value=base, attr="as_default")):
            return roles.is_only(base, Role.GRAPH)
        case ast.Call(func=function):
            return roles.symbol(function) in SESSIONS - {"InteractiveSession"}
    return roles.is_only(expression, Role.SESSION)


_KINDS = frozenset({SiteKind.LOADER, SiteKind.META_GRAPH, SiteKind.FROZEN_GRAPH, SiteKind.PREDICTOR})
LOADED_IN_OWN_GRAPH = Strategy("loaded_in_own_graph", Level.BRIDGED, _KINDS, plan_in_own_graph)
