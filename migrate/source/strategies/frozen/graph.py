"""The frozen graph strategy: a GraphDef from a file that sessions run becomes an object that is called.

A small class wraps the imported graph with `tf.compat.v1.wrap_function`, and prunes it once for each set of inputs
and outputs. `sess.run(fetches, feed_dict)` becomes a call with the same arguments, so that the code around keeps its
shape whether the session was a variable, an attribute, or went through helpers. All frozen graphs of a file are
rewritten together.
"""

from __future__ import annotations

import ast
from weakref import WeakKeyDictionary

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind, not_from_file
from migrate.source.changes import Changes
from migrate.source.loaded.roles import IMPORTS, Role
from migrate.source.loaded.uses import Usage
from migrate.source.strategies.frozen.edits import FrozenEdits
from migrate.source.strategies.frozen.export import FrozenExport
from migrate.source.strategies.frozen.reader import FrozenCode
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, Inapplicable, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM201"

_CONFIG = "the sessions' settings go with them; what they say about devices and memory, tf.config says in TF2"

_Plan = tuple[Changes, frozenset[ast.AST], tuple[FrozenExport, ...], tuple[str, ...], FrozenEdits]
_PLANS: WeakKeyDictionary[ModuleView, _Plan | Unprovable] = WeakKeyDictionary()


def plan_frozen_graph(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the frozen graphs of a module, and of the exports of one.

    Raises:
        Unprovable: Where a graph, or a session that runs it, cannot be followed.
    """
    if candidate.kind in EXPORTS and not _imports(view):
        raise Inapplicable(ELSEWHERE, "the graph is not a frozen one", candidate.call)
    if view not in _PLANS:
        try:
            _PLANS[view] = _plan(view)
        except Unprovable as reason:
            _PLANS[view] = reason
    found = _PLANS[view]
    if isinstance(found, Unprovable):
        raise found
    changes, touched, exports, notes, edits = found
    exported = [export.candidate for export in exports]
    if candidate.kind in EXPORTS and candidate not in exported:
        raise Unprovable(ELSEWHERE, "the session is not one of the frozen graph", candidate.call)
    graphs = [other for other in view.candidates if other.kind is SiteKind.FROZEN_GRAPH]
    signatures = [export.site.signatures for export in exports if export.candidate is candidate]
    said = "becomes an object over tf.compat.v1.wrap_function"
    if edits.runs:
        said += "; sess.run becomes a call of it, pruned to what it names"
    if exports:
        said += "; its signatures are functions pruned from it, saved with tf.saved_model.save"
    return SitePlan(
        RULE,
        Level.WRAPPED,
        said,
        changes,
        proved=("every session of the frozen graph, and every run of it, is in this file",),
        notes=tuple((RULE, note) for note in notes),
        signatures=signatures[0] if signatures else (),
        regions=touched,
        covers=tuple(other for other in [*graphs, *exported] if other is not candidate),
    )


def _imports(view: ModuleView) -> bool:
    """Whether a module imports a GraphDef."""
    if "import_graph_def" not in view.text:
        return False
    elsewhere = not_from_file(view.symbols)
    for scope in view.symbols.scopes():
        for node in ast.walk(scope.node):
            if (
                isinstance(node, ast.Call)
                and node not in elsewhere
                and view.symbols.resolve(node.func, scope) in IMPORTS
            ):
                return True
    return False


def _plan(view: ModuleView) -> _Plan:
    code = FrozenCode(view)
    if not any(use.role is Role.SESSION for use in code.uses):
        raise Unprovable(ELSEWHERE, "what runs the graph is not in this file", code.graphs[0].call)
    edits = FrozenEdits(view, code)
    changes = edits.changes()
    notes = [_CONFIG] if edits.configured else []
    notes += [
        f"{name} now returns an object that is called: a file that imports it can make no session for its graph"
        for name in _returning(code, view)
    ]
    return changes, frozenset(edits.touched), tuple(edits.exports), tuple(notes), edits


def _returning(code: FrozenCode, view: ModuleView) -> list[str]:
    """The functions of the module that return a graph or session to callers, who may be in other files."""
    found = []
    for use in code.uses:
        if use.usage is Usage.RETURNED and use.role in (Role.GRAPH, Role.SESSION):
            owner = next(
                (node for node in view.tree.body if isinstance(node, ast.FunctionDef) and use.node in ast.walk(node)),
                None,
            )
            if owner is not None and not owner.name.startswith("_") and owner.name not in found:
                found.append(owner.name)
    return found


FROZEN_GRAPH = Strategy("frozen_graph", Level.WRAPPED, frozenset({SiteKind.FROZEN_GRAPH}) | EXPORTS, plan_frozen_graph)
