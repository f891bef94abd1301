"""The bridged strategy: session code stays, and `migrate.bridge` writes what its session holds as a TF2 SavedModel.

`bridge.SavedModelBuilder` and `bridge.simple_save` take the arguments of TF1's, at the same places and times. So it
applies wherever the session, the tensors and the signatures come from, and changes only what is called.
"""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.mode import builds_graph
from migrate.source.sites import SignatureSource
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, META_GRAPHS, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM301"


def plan_bridged(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of one export.

    Raises:
        Unprovable: Where the bridge could not save what TF1 saves.
    """
    call = candidate.call
    _refuse_arguments(candidate)
    _refuse_test(candidate, view)
    _refuse_meta_graphs(candidate, view)
    name = "SavedModelBuilder" if candidate.kind is SiteKind.BUILDER else "simple_save"
    imported, bridge = _bridge_name(view)
    return SitePlan(
        RULE,
        Level.BRIDGED,
        f"{bridge}.{name} writes the session's graph and values as a TF2 SavedModel",
        Changes(expressions={call.func: f"{bridge}.{name}"}, imports=(imported,)),
        _mode(candidate, view),
        signatures=_signatures(candidate, view),
    )


def _mode(candidate: Candidate, view: ModuleView) -> Mode:
    """A function that gets its session and tensors as arguments works in either mode."""
    node = candidate.scope.node
    builds = isinstance(node, ast.Module) or builds_graph(node, view.symbols)
    return Mode.GRAPH if builds else Mode.ANY


def _bridge_name(view: ModuleView) -> tuple[str, str]:
    """The import of the bridge, and its name."""
    if "bridge" not in view.symbols.module.bindings and not _bound_inside(view, "bridge"):
        return "from migrate import bridge", "bridge"
    return "from migrate import bridge as migrate_bridge", "migrate_bridge"


def _bound_inside(view: ModuleView, name: str) -> bool:
    return any(name in scope.bindings for scope in view.symbols.scopes())


def _signatures(candidate: Candidate, view: ModuleView) -> tuple[SignatureSource, ...]:
    try:
        return view.export_site(candidate).signatures
    except Unprovable:
        return ()


def _refuse_arguments(candidate: Candidate) -> None:
    if candidate.kind is SiteKind.BUILDER and not candidate.call.args and not candidate.call.keywords:
        raise Unprovable(ELSEWHERE, "the builder is made without a directory", candidate.call)


def _refuse_test(candidate: Candidate, view: ModuleView) -> None:
    """A test that writes a TF1 model does so on purpose: something that reads the format is what it tests."""
    node: ast.AST = candidate.call
    while node in view.parents:
        node = view.parents[node]
        if isinstance(node, ast.ClassDef) and any("Test" in ast.unparse(base) for base in node.bases):
            raise Unprovable(ELSEWHERE, "a test case writes it, which may be about the TF1 format", candidate.call)


def _refuse_meta_graphs(candidate: Candidate, view: ModuleView) -> None:
    """A TF2 SavedModel has one MetaGraph."""
    if candidate.kind is not SiteKind.BUILDER:
        return
    for node in ast.walk(view.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_meta_graph":
            raise Unprovable(META_GRAPHS, "it writes several MetaGraphs; TF2 writes one", node)


BRIDGED = Strategy("bridged", Level.BRIDGED, EXPORTS, plan_bridged)
