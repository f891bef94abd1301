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
from migrate.source.strategies.bridge_limits import refuse_what_cannot_be_saved
from migrate.source.strategies.bridge_notes import notes
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.strategies.unfed import unfed_notes
from migrate.source.strategies.wrapping.modules import refuse_other_answers_of_modules
from migrate.source.symbols import Imported
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

RULE = "TFM301"
_PROVED = (
    "the bridge's call takes the arguments of TF1's, and gets them as they are",
    "the graph, the session and everything else about the export stay as they are",
)


def plan_bridged(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of one export.

    Raises:
        Unprovable: Where the bridge could not save what TF1 saves.
    """
    view.refuse_declared(candidate)
    refuse_what_cannot_be_saved(candidate, view)
    refuse_other_answers_of_modules(view)
    imported, bridge = bridge_name(view)
    name = f"{bridge}.{'SavedModelBuilder' if candidate.kind is SiteKind.BUILDER else 'simple_save'}"
    return SitePlan(
        RULE,
        Level.BRIDGED,
        f"{name} writes the session's graph and values as a TF2 SavedModel",
        Changes(expressions=_renamed(candidate.call, name, view), imports=(imported,)),
        _mode(candidate, view),
        _PROVED,
        (*notes(view), *_unfed(candidate, view)),
        _signatures(candidate, view),
    )


def _mode(candidate: Candidate, view: ModuleView) -> Mode:
    """A function that gets its session and tensors as arguments works in either mode."""
    node = candidate.scope.node
    builds = isinstance(node, ast.Module) or builds_graph(node, view.symbols)
    return Mode.GRAPH if builds else Mode.ANY


def bridge_name(view: ModuleView) -> tuple[str, str]:
    """The import of the bridge, and its name."""
    bindings = [one for scope in view.symbols.scopes() for one in scope.bindings.get("bridge", ())]
    if all(isinstance(one, Imported) and one.qualified == "migrate.bridge" for one in bindings):
        return "from migrate import bridge", "bridge"
    return "from migrate import bridge as migrate_bridge", "migrate_bridge"


def _renamed(call: ast.Call, name: str, view: ModuleView) -> dict[ast.expr, str]:
    """The call with another function; its other lines follow where they stand below the first argument."""
    if call in view.declared:
        return {call: view.declared[call].text(name, view.source_of)}
    head, *lines = view.source_of(call).replace("\r\n", "\n").split("\n")
    old = view.source_of(call.func)
    column = call.col_offset + len(old) + 1
    texts = [line for line in lines if line.strip()]
    aligned = bool(texts) and all(len(line) - len(line.lstrip(" ")) >= column for line in texts)
    if not aligned or "\n" in old or not head.startswith(f"{old}(") or _has_long_strings(call):
        return {call.func: name}
    shift = len(old) - len(name)
    # The emitter indents what it puts into a block.
    shift += view.statement(call).col_offset
    moved = [line[shift:] if shift > 0 else " " * -shift + line if line.strip() else line for line in lines]
    return {call: "\n".join([name + head[len(old) :], *moved])}


def _has_long_strings(call: ast.Call) -> bool:
    """Whether a string goes over several lines: its spaces are its own."""
    return any(
        isinstance(node, (ast.Constant, ast.JoinedStr)) and node.lineno != (node.end_lineno or node.lineno)
        for node in ast.walk(call)
    )


def _signatures(candidate: Candidate, view: ModuleView) -> tuple[SignatureSource, ...]:
    try:
        return view.export_site(candidate).signatures
    except Unprovable:
        return ()


def _unfed(candidate: Candidate, view: ModuleView) -> tuple[tuple[str, str], ...]:
    try:
        return unfed_notes(view.export_site(candidate))
    except Unprovable:
        return ()


BRIDGED = Strategy("bridged", Level.BRIDGED, EXPORTS, plan_bridged)
