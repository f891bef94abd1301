"""Which session an export is of: where it is made, and what else is exported of it."""

from __future__ import annotations

import ast

from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.strategies.wrapping.exports import read_export
from migrate.source.strategies.wrapping.nodes import only_value
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.symbols import Assigned, Bound, Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView


def read_session(candidate: Candidate, view: ModuleView) -> SessionCode:
    """The session of an export, and all exports of it.

    Raises:
        Unprovable: It is not made in the function that exports it, or cannot be read.
    """
    scope = candidate.scope
    if isinstance(scope.node, ast.ClassDef):
        raise Unprovable(CONTROL_FLOW, "the export stands in a class body", candidate.call)
    exports = read_export(candidate, view)
    export = exports[0]
    name, call, statement, graph = made_session(export.session, scope, view)
    code = SessionCode(view, scope, name, call, statement, graph, exports)
    for other in view.candidates:
        if other is not candidate and other.kind in EXPORTS and other.scope is scope:
            code.exports += read_export(other, view)
    refuse_other_sessions(code)
    refuse_other_graphs(code)
    return code


def made_session(
    session: ast.expr, scope: Scope, view: ModuleView
) -> tuple[str, ast.Call, ast.Assign | ast.With, ast.expr | None]:
    """The name of a session, what makes it, the statement of that, and the graph that it is given.

    Args:
        session: The session.
        scope: Where it is used.
        view: The module.

    Raises:
        Unprovable: It is not made there, or cannot be read.
    """
    elsewhere = Unprovable(ELSEWHERE, f"the session {ast.unparse(session)} comes from elsewhere", session)
    if not isinstance(session, ast.Name):
        raise elsewhere
    name = session.id
    bindings = scope.bindings.get(name, [])
    if len(bindings) != 1 or scope.owner(name) is not scope:
        raise elsewhere
    call, statement = constructed(bindings[0], name)
    kind = view.symbols.resolve(call.func, scope) if call is not None else None
    if call is None or kind not in ("Session", "InteractiveSession"):
        raise elsewhere
    graph = next((keyword.value for keyword in call.keywords if keyword.arg == "graph"), None)
    unusual = call.args or any(keyword.arg not in ("graph", "config") for keyword in call.keywords)
    if unusual or (kind == "InteractiveSession" and (graph is not None or isinstance(statement, ast.With))):
        raise Unprovable(ELSEWHERE, "the session is made in an unusual way", call)
    assert isinstance(statement, (ast.Assign, ast.With))
    if graph is not None and is_default(graph, scope, view):
        graph = None
    return name, call, statement, graph


def refuse_other_graphs(code: SessionCode) -> None:
    """Refuses exports where another graph is the default one than the session's: TensorFlow 1 writes the default one.

    Raises:
        Unprovable: There may be one.
    """
    for export in code.exports:
        if _default_graph(export.statement, code) is False:
            reason = "another graph may be the default one at the export, which TensorFlow 1 writes"
            raise Unprovable(ELSEWHERE, reason, export.statement)


def _default_graph(statement: ast.stmt, code: SessionCode) -> bool | None:
    """Whether the graph that a `with` around an export makes the default one is the session's; None without such."""
    # A call makes another graph each time.
    graph = ast.unparse(code.graph) if isinstance(code.graph, (ast.Name, ast.Attribute)) else None
    own = {code.name, f"{code.name}.graph", graph}
    node: ast.AST = statement
    while node is not code.scope.node and node is not code.statement:
        node = code.view.parents[node]
        for item in reversed(node.items) if isinstance(node, ast.With) else ():
            match item.context_expr:
                case call if call is code.call:
                    return True
                case ast.Name(id=name) if name == code.name:
                    return True
                case ast.Call(func=ast.Attribute(value=entered, attr="as_default"), args=[]):
                    text = ast.unparse(entered)
                    if text == code.name:
                        # It makes the session the default one, and no graph.
                        continue
                    if text in own or is_default(entered, code.scope, code.view):
                        return True
                    named = isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == graph
                    around = node is not code.statement and any(one is code.statement for one in ast.walk(node))
                    return named or (around and code.graph is None)
    return None if code.graph is None or isinstance(code.statement, ast.With) else False


def refuse_other_sessions(code: SessionCode) -> None:
    """Refuses exports of a function that are of different sessions.

    Raises:
        Unprovable: There are some.
    """
    for export in code.exports:
        if not (isinstance(export.session, ast.Name) and export.session.id == code.name):
            raise Unprovable(ELSEWHERE, "the same function exports another session", export.candidate.call)


def is_default(graph: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """Whether a graph is the default one, by `tf.get_default_graph()`."""
    value = only_value(graph.id, scope) if isinstance(graph, ast.Name) else graph
    return isinstance(value, ast.Call) and view.symbols.resolve(value.func, scope) == "get_default_graph"


def constructed(binding: object, name: str) -> tuple[ast.Call | None, ast.stmt | None]:
    """The call that a name is bound to, and the assignment or the `with` that binds it."""
    match binding:
        case Assigned(value=ast.Call() as call, node=ast.Assign(targets=[ast.Name()]) as statement):
            return call, statement
        case Assigned(value=ast.Call() as call, node=ast.With() as statement):
            return call, statement
        case Bound(node=ast.With() as statement):
            for item in statement.items:
                match item:
                    case ast.withitem(context_expr=ast.Call() as call, optional_vars=ast.Name(id=bound)):
                        if bound == name:
                            return call, statement
    return None, None
