"""Loaded graphs that are frozen: what reads their values is the object that stands for the session."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from migrate.source.arguments import bind
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.loaded.roles import Role
from migrate.source.strategies.freezing.events import CONVERT, PARAMETERS
from migrate.source.strategies.loading.code import LoadingCode
from migrate.source.strategies.site_plan import SitePlan
from migrate.source.unprovable import ELSEWHERE, NOT_STATIC, Inapplicable, Unprovable
from migrate.source.view import ModuleView

_FRAMEWORK = "from tensorflow.python.framework"
FREEZE_IMPORTS = (
    f"{_FRAMEWORK}.convert_to_constants import convert_variables_to_constants_from_session_graph",
    f"{_FRAMEWORK}.meta_graph import strip_graph_default_valued_attrs",
)
"""What the function needs that freezes."""


def loads_frozen(
    candidate: Candidate, code: Freezing, symbol: str, sessions: Callable[[ast.Call], Collection[ast.expr]]
) -> list[ast.Call]:
    """The calls that load what a site freezes; takes note of all that is frozen of the same sessions.

    Args:
        candidate: The site.
        code: Its module.
        symbol: What loads.
        sessions: What a load loads into.

    Raises:
        Unprovable: It is not only frozen in this way.
    """
    loads = [
        node for _, node in code.places.nodes if isinstance(node, ast.Call) and code.roles.symbol(node.func) == symbol
    ]
    frozen = code.made(candidate.call)
    found = [load for load in loads if any(code.origins(one) & frozen for one in sessions(load))]
    regions = {code.places.function_of(load) for load in found} | {candidate.scope.node}
    for other in code.view.candidates:
        if other.kind is SiteKind.FREEZE and other.scope.node in regions:
            if code.view.symbols.resolve(other.call.func, other.scope) != CONVERT:
                raise Unprovable(ELSEWHERE, "the function freezes in another way, too", other.call)
    code.freezes = [
        other
        for other in code.view.candidates
        if other.kind is SiteKind.FREEZE
        and code.view.symbols.resolve(other.call.func, other.scope) == CONVERT
        and code.made(other.call) & frozen
    ]
    return found


def of_load(candidate: Candidate, view: ModuleView, plan: Callable[[Candidate, ModuleView], SitePlan]) -> SitePlan:
    """The plan of the site that freezes what is loaded at another one.

    Args:
        candidate: The site that loads.
        view: Its module.
        plan: Plans a site that freezes.

    Raises:
        Unprovable: Nothing freezes it, or not in this way.
    """
    refused = Inapplicable(ELSEWHERE, "the graph that is loaded is not frozen", candidate.call)
    for freeze in view.candidates:
        if freeze.kind is not SiteKind.FREEZE:
            continue
        try:
            found = plan(freeze, view)
        except Unprovable:
            continue
        if candidate in found.covers:
            return replace(found, covers=(freeze, *(one for one in found.covers if one is not candidate)))
    raise refused


class Freezing(LoadingCode):
    """The session code of a module, read for the loaded graphs that it freezes.

    Attributes:
        freezes: The sites.
        lists: Whether one of them says which variables become constants.
    """

    freezes: Sequence[Candidate] = ()
    lists = False

    def made(self, freeze: ast.Call) -> frozenset[ast.expr]:
        """The calls that may make the session that a call freezes."""
        session = bind(freeze, PARAMETERS, required=3)[0]
        assert session is not None
        return self.origins(session)

    def origins(self, session: ast.expr) -> frozenset[ast.expr]:
        """The calls that may make a session."""
        found = (origin.node for origin in self.roles.of(session) if origin.role is Role.SESSION)
        return frozenset(node for node in found if node is not None)

    def covers(self, candidate: Candidate, loads: Collection[ast.Call]) -> tuple[Candidate, ...]:
        """The other sites that freeze, or that load what is frozen."""
        loaded = [one for one in self.view.candidates if one.call in loads]
        return tuple(one for one in (*self.freezes, *loaded) if one is not candidate)

    def read(self, known: set[ast.AST]) -> None:
        """Takes note of what is frozen, and of all else.

        Raises:
            Unprovable: Another graph is frozen.
        """
        for freeze in self.freezes:
            session, *_, whitelist, blacklist = bind(freeze.call, PARAMETERS, required=3)
            assert session is not None
            if not self.is_mine(session) or not self.roles.is_only(session, Role.SESSION):
                raise Unprovable(ELSEWHERE, "it is not sure which session is frozen", session)
            self.lists = self.lists or whitelist is not None or blacklist is not None
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
