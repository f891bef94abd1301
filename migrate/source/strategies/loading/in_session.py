"""Sessions that run a loaded model and cannot go: they stay, with TF1's names and behaviour.

TensorFlow 2 still has TF1's loaders and sessions, below `tensorflow.compat.v1`. So such code runs as it is, once its
imports say so. It is the last way, and gives way to all other code of its program that moves to TF2's own behaviour.
"""

from __future__ import annotations

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.emit.plain_names import has_plain_tf1_names
from migrate.source.mode import graph_code, means_tf2, switches_mode
from migrate.source.strategies.bridge_limits import refuse_test
from migrate.source.strategies.bridge_notes import missing, notes
from migrate.source.strategies.loading.vanishing import vanishing_names
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.unprovable import MODE, NO_EQUAL, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM304"


def plan_in_session(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans to leave a session that runs a loaded model as it is.

    Raises:
        Unprovable: TensorFlow 2 has not what the code needs, or runs it in another way.
    """
    refuse_test(candidate, view, "loads")
    switched = switches_mode(view.symbols)
    if view.tensorflow.means_tf2 and not switched and not has_plain_tf1_names(view.symbols):
        raise Unprovable(MODE, "plain names mean TensorFlow 2's in this file already", candidate.call)
    if means_tf2(view.text.encode("utf-8", "surrogatepass")):
        reason = "the file also has code for TF2's own behaviour, where a session finds no graph"
        raise Unprovable(MODE, reason, candidate.call)
    gone = missing(view)
    if gone is not None:
        raise Unprovable(NO_EQUAL, gone, candidate.call)
    what = "predictor of migrate.tf1" if candidate.kind is SiteKind.PREDICTOR else "session"
    return SitePlan(
        RULE,
        Level.BRIDGED,
        f"the {what} stays and runs the loaded model, with TF1's names and behaviour",
        Changes(),
        Mode.ANY if graph_code(view.symbols, (), entered=True) is None else Mode.GRAPH,
        ("the code stays as it is, on tensorflow.compat.v1",),
        (*notes(view), *vanishing_names(candidate, view, RULE)),
    )


_KINDS = frozenset({SiteKind.LOADER, SiteKind.META_GRAPH, SiteKind.FROZEN_GRAPH, SiteKind.PREDICTOR})
LOADED_IN_SESSION = Strategy("loaded_in_session", Level.BRIDGED, _KINDS, plan_in_session, gives_way=True)
