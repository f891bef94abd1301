"""Graphs that a file imports from a GraphDef and does not run: read, drawn for TensorBoard, or handed on.

`tf.Graph` and `tf.import_graph_def` are TensorFlow 2's, too, so that such code needs no session and no switch: only
names, and a graph of its own where it had a session or the default graph. What it hands on is the `tf.Graph` that
it was.
"""

from __future__ import annotations

import ast
from weakref import WeakKeyDictionary

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.mode import graph_code
from migrate.source.strategies.bridge_limits import refuse_test
from migrate.source.strategies.bridge_notes import gone_notes, missing
from migrate.source.strategies.frozen.alone_edits import AloneEdits
from migrate.source.strategies.frozen.alone_reader import AloneCode
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, MODE, NO_EQUAL, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM211"
_MESSAGE = "the graph is imported into a tf.Graph and not run here: it needs no session"
_HANDED_ON = (
    "the tf.Graph is handed on as before; code elsewhere that runs it needs a tf.compat.v1.Session for it, in a with "
    "statement, or prunes it with tf.compat.v1.wrap_function"
)
_CODES: WeakKeyDictionary[ModuleView, AloneCode] = WeakKeyDictionary()


def plan_alone(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans to leave a graph that nothing runs as it is, with TF2's names.

    Raises:
        Unprovable: Something may run it, or adds to it.
    """
    plan, edits = _planned(candidate, view)
    if edits.handed_on and view.settings.whole_program:
        raise Unprovable(MODE, "the program around it moves to TF1's names as a whole", candidate.call)
    return plan


def plan_alone_in_session_code(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the same beside session code that stays.

    Raises:
        Unprovable: As above, or it relies on TF2's behaviour.
    """
    plan, edits = _planned(candidate, view)
    if edits.changes.nodes():
        raise Unprovable(MODE, "other code of the file needs TF1's behaviour", candidate.call)
    stays = graph_code(view.symbols, (), entered=True) is not None
    return SitePlan(
        plan.rule, plan.level, plan.message, Changes(), Mode.GRAPH if stays else Mode.ANY, plan.proved, plan.notes
    )


def _planned(candidate: Candidate, view: ModuleView) -> tuple[SitePlan, AloneEdits]:
    refuse_test(candidate, view, "loads")
    gone = missing(view)
    if gone is not None:
        raise Unprovable(NO_EQUAL, gone, candidate.call)
    if not isinstance(view.parents[candidate.call], (ast.Expr, ast.Assign)):
        raise Unprovable(ELSEWHERE, "the import is a part of an expression", candidate.call)
    if view not in _CODES:
        _CODES[view] = AloneCode(view)
    edits = AloneEdits(view, _CODES[view], candidate.call)
    notes = [(RULE, _HANDED_ON)] if edits.handed_on else []
    plan = SitePlan(
        RULE,
        Level.WRAPPED,
        _MESSAGE,
        edits.changes,
        proved=("nothing in this file runs the graph, or adds to it",),
        notes=(*notes, *gone_notes(view)),
        regions=frozenset(edits.functions),
    )
    return plan, edits


_KINDS = frozenset({SiteKind.FROZEN_GRAPH})
GRAPH_ALONE = Strategy("graph_alone", Level.WRAPPED, _KINDS, plan_alone)
GRAPH_ALONE_IN_SESSION_CODE = Strategy("graph_alone", Level.WRAPPED, _KINDS, plan_alone_in_session_code)
