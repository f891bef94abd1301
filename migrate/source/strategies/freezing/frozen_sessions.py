"""Which session a call freezes, where a function of the file may be given it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.arguments import bind, call_arguments
from migrate.source.candidates import EXPORTS, Candidate, SiteKind, region_scope
from migrate.source.scoped import scoped
from migrate.source.strategies.freezing.events import CONVERT, PARAMETERS
from migrate.source.strategies.wrapping.nodes import reached
from migrate.source.symbols import Bound, Scope
from migrate.source.unprovable import ELSEWHERE, NO_EQUAL, NOT_STATIC, VARIABLE, Inapplicable, Unprovable
from migrate.source.view import ModuleView

_EXPORTED = "the file also exports models, whose variables are those of TF2"
TRANSFORM = "tools.graph_transforms.TransformGraph"


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """A call that freezes a session.

    Attributes:
        candidate: The call.
        session: The session, where it is no parameter any more.
        scope: Where that stands.
        lists: Whether it says which variables become constants.
    """

    candidate: Candidate
    session: ast.expr
    scope: Scope
    lists: bool


def frozen_session(candidate: Candidate, view: ModuleView) -> Frozen:
    """What a call freezes.

    Args:
        candidate: The call.
        view: The module.

    Raises:
        Unprovable: It freezes files, or it is not sure which session.
    """
    call, scope = candidate.call, candidate.scope
    if view.symbols.resolve(call.func, scope) != CONVERT:
        raise Inapplicable(ELSEWHERE, "it freezes no session", call)
    session, _, _, kept, left_out = bind(call, PARAMETERS, required=3)
    assert session is not None
    lists = kept is not None or left_out is not None
    while isinstance(session, ast.Name) and _is_parameter(session.id, scope):
        assert isinstance(scope.node, ast.FunctionDef)
        given, scope = _only_call(scope.node, view)
        if session.id not in given:
            raise Unprovable(NOT_STATIC, f"the arguments of {ast.unparse(session)} are not plain", call)
        session = given[session.id]
    return Frozen(candidate, session, scope, lists)


def all_frozen(view: ModuleView) -> list[Frozen]:
    """What the calls of a module freeze, as far as it can be told; files do not count.

    Args:
        view: The module.
    """
    found: list[Frozen] = []
    for one in view.candidates:
        if one.kind is SiteKind.FREEZE:
            try:
                found.append(frozen_session(one, view))
            except Unprovable:
                continue
    return found


def refuse_beside(view: ModuleView, scope: Scope | None = None) -> None:
    """Refuses what cannot be beside a frozen graph that has variables of TensorFlow 1's kind, and what TF2 lacks.

    Args:
        view: The module.
        scope: The function whose graph is frozen; None for all of them.

    Raises:
        Unprovable: There is some of it.
    """
    for one in view.candidates:
        if one.kind in EXPORTS and (scope is None or _may_share(one.scope, scope, view)):
            raise Unprovable(ELSEWHERE, _EXPORTED, one.call)
        if one.kind is SiteKind.FREEZE and view.symbols.resolve(one.call.func, one.scope) == TRANSFORM:
            if scope is None or _may_share(one.scope, scope, view):
                raise Unprovable(NO_EQUAL, "TensorFlow 2 has no TransformGraph", one.call)
    for around, call in view.symbols.calls():
        name = view.symbols.resolve(call.func, around)
        if name == "enable_resource_variables":
            raise Unprovable(VARIABLE, "the file says which kind of variables it wants", call)
        if name == "saved_model.save":
            if scope is None or _may_share(region_scope(around), scope, view):
                raise Unprovable(ELSEWHERE, _EXPORTED, call)


def _may_share(one: Scope, other: Scope, view: ModuleView) -> bool:
    """Whether two functions may have the same graph, because one of them runs the other."""
    return one.node is view.tree or other in reached(one, view.symbols) or one in reached(other, view.symbols)


def _is_parameter(name: str, scope: Scope) -> bool:
    if not isinstance(scope.node, ast.FunctionDef):
        return False
    match scope.bindings.get(name, []):
        case [Bound(node=ast.arg())]:
            return True
    return False


def _only_call(function: ast.FunctionDef, view: ModuleView) -> tuple[dict[str, ast.expr], Scope]:
    """The arguments of the only call of a function, and where it stands."""
    uses = [
        (node, scope)
        for node, scope in scoped(view.symbols)
        if isinstance(node, ast.Name) and node.id == function.name and view.symbols.function(node, scope) is function
    ]
    calls = [(view.parents[node], scope) for node, scope in uses]
    match calls:
        case [(ast.Call(func=called) as call, scope)] if called is uses[0][0]:
            given = call_arguments(call, function)
            if given is not None:
                return given, region_scope(scope)
    raise Unprovable(ELSEWHERE, f"the session is a parameter of '{function.name}'", function)
