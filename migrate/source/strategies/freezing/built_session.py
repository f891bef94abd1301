"""A session that only initializes, restores and is frozen: the edits by which it goes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.source.candidates import Candidate
from migrate.source.changes import Changes
from migrate.source.strategies.freezing.frozen_sessions import Frozen, all_frozen, frozen_session, refuse_beside
from migrate.source.strategies.wrapping.building import call_builds
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.strategies.wrapping.read_session import made_session
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.symbols import Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

FREEZE_MARK = "\1"
"""Stands for the name of the function that freezes, which is not made before all is known."""


@dataclass(slots=True, eq=False)
class BuiltSession(SessionCode):
    """A session that is made in a function, and whose graph is frozen.

    Attributes:
        frozen: Where.
    """

    frozen: list[Frozen] = field(default_factory=list)

    def used(self) -> list[ast.stmt]:
        """The statements that need the graph as the default one: they use the session, or add to the graph."""
        symbols = self.view.symbols
        found: list[ast.stmt] = []
        for around, node in nodes_of(self.scope, symbols):
            is_use = isinstance(node, ast.Name) and node.id == self.name
            if is_use or (isinstance(node, ast.Call) and call_builds(node, around, symbols)):
                found.append(self.view.statement(node))
        return found

    def changes(self, model: str) -> Changes:
        """The edits, but for the graph around, the class and the function.

        Args:
            model: What takes the session's place.

        Raises:
            Unprovable: The session is used for something else.
        """
        changes = SessionCode.changes(self, model)
        for one in self.frozen:
            if one.candidate.call.func not in changes.expressions:
                raise Unprovable(ELSEWHERE, "it is not sure which session is frozen", one.candidate.call)
        return changes

    def _use(self, node: ast.Name, scope: Scope, model: str, changes: Changes) -> None:
        parent = self.view.parents[node]
        if isinstance(parent, ast.Attribute) and parent.attr == "graph_def":
            changes.expressions[parent] = f"{model}.graph.as_graph_def()"
        else:
            SessionCode._use(self, node, scope, model, changes)

    def _argument(self, node: ast.Name, call: ast.Call, scope: Scope, model: str, changes: Changes) -> None:
        if any(one.candidate.call is call for one in self.frozen):
            changes.expressions[node] = model
            changes.expressions[call.func] = FREEZE_MARK
        else:
            SessionCode._argument(self, node, call, scope, model, changes)


def read_built(candidate: Candidate, view: ModuleView) -> BuiltSession:
    """The session that a call freezes, and all calls that do.

    Args:
        candidate: One of them.
        view: The module.

    Raises:
        Unprovable: It is not made in a function of the file, or cannot be read.
    """
    found = frozen_session(candidate, view)
    refuse_beside(view, found.scope)
    if isinstance(found.scope.node, ast.ClassDef):
        raise Unprovable(CONTROL_FLOW, "the session is frozen in a class body", candidate.call)
    name, call, statement, graph = made_session(found.session, found.scope, view)
    frozen = [
        one
        for one in all_frozen(view)
        if one.scope is found.scope and isinstance(one.session, ast.Name) and one.session.id == name
    ]
    return BuiltSession(view, found.scope, name, call, statement, graph, frozen=frozen)
