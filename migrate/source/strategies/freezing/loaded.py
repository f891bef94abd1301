"""Loaded graphs that are frozen: what reads their values is the object that stands for the session."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from migrate.source.arguments import bind
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.loaded.roles import Role
from migrate.source.strategies.freezing.keras import CONVERT, PARAMETERS
from migrate.source.strategies.loading.code import LoadingCode
from migrate.source.unprovable import ELSEWHERE, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

_FRAMEWORK = "from tensorflow.python.framework"
FREEZE_IMPORTS = (
    f"{_FRAMEWORK}.convert_to_constants import convert_variables_to_constants_from_session_graph",
    f"{_FRAMEWORK}.meta_graph import strip_graph_default_valued_attrs",
)
"""What the function needs that freezes."""


def freezes_of(candidate: Candidate, view: ModuleView) -> list[Candidate]:
    """What the function of a site freezes.

    Raises:
        Unprovable: It does so in several ways.
    """
    found = [c for c in view.candidates if c.kind is SiteKind.FREEZE and c.scope.node is candidate.scope.node]
    for one in found:
        if view.symbols.resolve(one.call.func, one.scope) != CONVERT:
            raise Unprovable(ELSEWHERE, "the function freezes in another way, too", one.call)
    return found


class Freezing(LoadingCode):
    """The session code of a function, read for the loaded graphs that it freezes."""

    freezes: Sequence[Candidate] = ()

    def read(self, known: set[ast.AST]) -> None:
        """Takes note of what is frozen, and of all else.

        Raises:
            Unprovable: Another graph is frozen, or only some of the variables.
        """
        for freeze in self.freezes:
            session, graph_def, names, *only = bind(freeze.call, PARAMETERS, required=3)
            assert session is not None and graph_def is not None and names is not None
            if not self.is_mine(session) or not self.roles.is_only(session, Role.SESSION):
                raise Unprovable(ELSEWHERE, "it is not sure which session is frozen", session)
            if any(one is not None and not (isinstance(one, ast.Constant) and one.value is None) for one in only):
                raise Unprovable(NOT_STATIC, "only some of the variables become constants", freeze.call)
            known.add(freeze.call)
        for _, node in self.places.nodes:
            match node:
                case ast.Attribute(value=base, attr="graph_def") if self.is_mine(base):
                    self.changes.expressions[node] = f"{self.names.text(base)}.as_graph_def()"
                    known |= {node, base}
        super().read(known)

    def object_text(self, node: ast.expr) -> str | None:
        """The object, where the code wants the GraphDef of a graph; None where it wants something else of it."""
        parent = self.places.parents[node]
        if not (isinstance(parent, ast.Attribute) and parent.attr == "as_graph_def"):
            return None
        match self.places.parents[parent]:
            case ast.Call(args=[], keywords=[]):
                return self.object_near(node)
        raise Unprovable(NOT_STATIC, "the GraphDef is asked for in a particular way", node)

    def freeze(self, function: str) -> None:
        """Gives the calls that freeze the name of another function, which takes the same arguments."""
        for one in self.freezes:
            self.changes.expressions[one.call.func] = function
