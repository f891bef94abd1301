"""The restored graph strategy: a graph that comes with variables is exported as functions with tf.Variables.

The graph is loaded as a graph, which no session runs. A function is made of what a signature, or a run, needs of it,
with `tf.compat.v1.wrap_function`: in it, the values of tf.Variables stand for the variables of TensorFlow 1. All the
graphs of a file are rewritten together.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.strategies.frozen.export import FrozenExport
from migrate.source.strategies.restored.edits import RestoredEdits
from migrate.source.strategies.restored.reader import META_GRAPHS, SAVED_MODELS, RestoredCode, loads_into_session
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.syntax import walk
from migrate.source.unprovable import ELSEWHERE, Inapplicable, Unprovable
from migrate.source.view import ModuleView

FROM_META_GRAPH = "TFM204"
FROM_SAVED_MODEL = "TFM205"

_CONFIG = "the sessions' settings go with them; what they say about devices and memory, tf.config says in TF2"
_FIRST_VALUES = (
    "nothing restores the checkpoint of the MetaGraphDef: the model has the first values of its variables, as before"
)
_WORDS = re.compile(r"import_meta_graph|\bload\b")
_LOADS = frozenset({SiteKind.META_GRAPH, SiteKind.LOADER})


@dataclass(frozen=True, slots=True, eq=False)
class _Rewrite:
    """What becomes of a module."""

    changes: Changes
    touched: frozenset[ast.AST]
    exports: tuple[FrozenExport, ...]
    rule: str
    configured: bool
    initialized: bool

    def notes(self) -> list[str]:
        """What is to be said about it."""
        return [*([_CONFIG] if self.configured else []), *([_FIRST_VALUES] if self.initialized else [])]


_FOUND: WeakKeyDictionary[ModuleView, _Rewrite | Unprovable] = WeakKeyDictionary()


def plan_restored_graph(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of a module's exports of graphs that come with variables, and of what runs them.

    Raises:
        Unprovable: Where a graph, or a session that runs it, cannot be followed.
    """
    if not any(one.kind in EXPORTS for one in view.candidates) or not _loads(view):
        raise Inapplicable(ELSEWHERE, "no graph with variables is loaded and exported", candidate.call)
    if view not in _FOUND:
        try:
            _FOUND[view] = _rewrite(view, candidate)
        except Unprovable as reason:
            _FOUND[view] = reason
    found = _FOUND[view]
    if isinstance(found, Unprovable):
        if candidate.kind in EXPORTS and not any(_together(candidate, load, view) for load in _loads(view)):
            raise Inapplicable(ELSEWHERE, "the graph that is loaded is not exported", candidate.call)
        raise found
    exported = [export.candidate for export in found.exports]
    if candidate.kind in EXPORTS and candidate not in exported:
        raise Unprovable(ELSEWHERE, "the session is not one of the loaded graph", candidate.call)
    loads = [other for other in view.candidates if other.kind in _LOADS]
    signatures = [export.site.signatures for export in found.exports if export.candidate is candidate]
    return SitePlan(
        found.rule,
        Level.WRAPPED,
        "loads the graph, and saves functions of it with tf.Variables, made by tf.compat.v1.wrap_function",
        found.changes,
        proved=("every session of the loaded graph, and every run of it, is in this file",),
        notes=tuple((found.rule, note) for note in found.notes()),
        signatures=signatures[0] if signatures else (),
        regions=found.touched,
        covers=tuple(other for other in [*loads, *exported] if other is not candidate),
    )


def _loads(view: ModuleView) -> list[ast.Call]:
    """The calls of a module that load a MetaGraphDef, or a SavedModel into a session."""
    if not _WORDS.search(view.text):
        return []
    found: list[ast.Call] = []
    for scope in view.symbols.scopes():
        for node in walk(scope.node):
            if isinstance(node, ast.Call) and node not in found:
                name = view.symbols.resolve(node.func, scope)
                if name in META_GRAPHS or (name in SAVED_MODELS and loads_into_session(node)):
                    found.append(node)
    return found


def _together(candidate: Candidate, load: ast.Call, view: ModuleView) -> bool:
    """Whether an export stands in the function or class that loads a graph."""
    around = [load, candidate.call]
    owners = [view.top_level(node) for node in around]
    if all(isinstance(owner, (ast.FunctionDef, ast.ClassDef)) for owner in owners):
        return owners[0] is owners[1]
    return not any(isinstance(owner, (ast.FunctionDef, ast.ClassDef)) for owner in owners)


def _rewrite(view: ModuleView, candidate: Candidate) -> _Rewrite:
    code = RestoredCode(view)
    if not code.graphs:
        raise Inapplicable(ELSEWHERE, "no graph with variables is loaded and exported", candidate.call)
    edits = RestoredEdits(view, code)
    changes = edits.changes()
    if not edits.exports:
        raise Inapplicable(ELSEWHERE, "the graph that is loaded is not exported", candidate.call)
    for graph in code.graphs:
        if any(line in view.skipped for line in (0, *range(graph.call.lineno, (graph.call.end_lineno or 0) + 1))):
            raise Unprovable(ELSEWHERE, "the call that loads the graph is to stay as it is", graph.call)
    rule = FROM_META_GRAPH if edits.from_meta_graph else FROM_SAVED_MODEL
    return _Rewrite(
        changes, frozenset(edits.touched), tuple(edits.exports), rule, edits.configured, bool(edits.initialized)
    )


RESTORED_GRAPH = Strategy("restored_graph", Level.WRAPPED, _LOADS | EXPORTS, plan_restored_graph)
