"""The half-way wrapped strategy: the session stays for what else it does, and the export leaves it.

Where a session trains or evaluates a graph that cannot be translated operation by operation, all of that code stays,
through `tensorflow.compat.v1`, in a `tf.Graph` of its own. A small class takes that graph at the export, gives it
TF2's variables with `tf.compat.v1.wrap_function`, sets them to what the session holds, and saves the signatures as
functions pruned from it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import ClassVar

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.changes import Changes
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.strategies.wrapping.building import call_builds
from migrate.source.strategies.wrapping.exports import read_export
from migrate.source.strategies.wrapping.graph_code import TAKEN, plan_session
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.strategies.wrapping.read_session import (
    constructed,
    is_default,
    refuse_other_graphs,
    refuse_other_sessions,
)
from migrate.source.strategies.wrapping.session import CLASS_MARK, SessionCode
from migrate.source.symbols import Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_LOOPS = frozenset({"while_loop", "map_fn", "scan", "foldl", "foldr", "nn.dynamic_rnn"})
# Seen once, with batch normalization in a while_loop; why is not known.
_LOOP = (
    "a training step that waits for update operations of a loop may leave variables as they are under TensorFlow 1.15 "
    "that it trains under TensorFlow 2: compare what both train (tf-migrate verify --scripts)"
)


@dataclass(slots=True, eq=False)
class LiveSession(SessionCode):
    """A session that is made in the function that exports it, and is used for more than that.

    Attributes:
        made: All statements that make one of its name.
    """

    made: list[ast.stmt] = field(default_factory=list)
    live: ClassVar[bool] = True

    def changes(self, model: str) -> Changes:
        """The edits, but for the graph around and the class.

        Args:
            model: The name of the graph that is saved.
        """
        changes = Changes()
        for export in self.exports:
            taken = f"{model} = {CLASS_MARK}({ast.unparse(export.session)})"
            changes.statements |= export.gone_texts(self.view)
            saved = self._saved(export, model)
            first = next(statement for statement, texts in saved.items() if texts)
            changes.statements |= saved
            changes.statements[first] = (taken, *saved[first])
            done = {node for one in (export.statement, *export.gone) for node in ast.walk(one)}
            self._drop_init_ops(export, changes, done)
        return changes

    def used(self) -> list[ast.stmt]:
        """The statements that need the graph as the default one: they use the session, or add to the graph."""
        symbols = self.view.symbols
        found = list(self.made)
        for around, node in nodes_of(self.scope, symbols):
            is_use = isinstance(node, ast.Name) and node.id == self.name
            if is_use or (isinstance(node, ast.Call) and call_builds(node, around, symbols)):
                found.append(self.view.statement(node))
        return found


def plan_live_session(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the exports of one session, which stays for what else it does.

    Raises:
        Unprovable: It is not made here, or the graph cannot be built or saved under TF2.
    """
    return with_loop_note(plan_session(candidate, view, read_live), view)


def with_loop_note(plan: SitePlan, view: ModuleView) -> SitePlan:
    """A plan with what is to be said of training steps that wait for update operations beside a loop.

    Args:
        plan: The plan.
        view: The module.
    """
    return replace(plan, notes=(*plan.notes, (plan.rule, _LOOP))) if _waits_beside_loop(view) else plan


def _waits_beside_loop(view: ModuleView) -> bool:
    """Whether a module has a loop in the graph, and something that waits for update operations."""
    names = {
        view.symbols.resolve(node, scope)
        for scope, node in nodes_of(view.symbols.module, view.symbols, inner=True)
        if isinstance(node, (ast.Name, ast.Attribute))
    }
    return "GraphKeys.UPDATE_OPS" in names and not names.isdisjoint(_LOOPS)


def read_live(candidate: Candidate, view: ModuleView) -> LiveSession:
    """The session of an export, whatever else it does, and all exports of it.

    Raises:
        Unprovable: It is not made in the function that exports it.
    """
    scope = candidate.scope
    if isinstance(scope.node, ast.ClassDef):
        raise Unprovable(CONTROL_FLOW, "the export stands in a class body", candidate.call)
    exports = read_export(candidate, view)
    export = exports[0]
    code = live_session(export.session, scope, candidate, view)
    code.exports = exports
    for other in view.candidates:
        if other is not candidate and other.kind in EXPORTS and other.scope is scope:
            code.exports += read_export(other, view)
    refuse_other_sessions(code)
    refuse_other_graphs(code)
    return code


def live_session(session: ast.expr, scope: Scope, candidate: Candidate, view: ModuleView) -> LiveSession:
    """A session that is made in a function, whatever else it does.

    Args:
        session: The session.
        scope: The function.
        candidate: Where it is used.
        view: The module.

    Raises:
        Unprovable: It is not made there.
    """
    if not isinstance(session, ast.Name):
        raise Unprovable(ELSEWHERE, f"the session {ast.unparse(session)} comes from elsewhere", session)
    name = session.id
    found = _sessions(name, scope, view)
    if not found or scope.owner(name) is not scope:
        raise Unprovable(ELSEWHERE, f"the session {name} comes from elsewhere", session)
    graphs = [_graph(call) for call, _ in found]
    if len(found) > 1 and any(graph is not None for graph in graphs):
        raise Unprovable(CONTROL_FLOW, f"there are several sessions {name}, of several graphs", session)
    call, statement = max(
        (one for one in found if one[1].lineno <= candidate.call.lineno),
        key=lambda one: one[1].lineno,
        default=found[0],
    )
    graph = _graph(call)
    if graph is not None and is_default(graph, scope, view):
        graph = None
    return LiveSession(view, scope, name, call, statement, graph, made=[one for _, one in found])


def _sessions(name: str, scope: Scope, view: ModuleView) -> list[tuple[ast.Call, ast.Assign | ast.With]]:
    """What makes the sessions of a name; nothing where one of its values is something else."""
    found: list[tuple[ast.Call, ast.Assign | ast.With]] = []
    for binding in scope.bindings.get(name, ()):
        call, statement = constructed(binding, name)
        if call is None or view.symbols.resolve(call.func, scope) not in ("Session", "InteractiveSession"):
            return []
        assert isinstance(statement, (ast.Assign, ast.With))
        if isinstance(statement, ast.With) and view.symbols.resolve(call.func, scope) == "InteractiveSession":
            # It is no context manager.
            return []
        found.append((call, statement))
    return found


def _graph(call: ast.Call) -> ast.expr | None:
    if len(call.args) > 1:
        return call.args[1]
    return next((keyword.value for keyword in call.keywords if keyword.arg == "graph"), None)


LIVE_SESSION = Strategy("live_session", Level.WRAPPED, TAKEN, plan_live_session)
