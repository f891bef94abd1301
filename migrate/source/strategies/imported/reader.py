"""Finds the session of an export, and the graph that it exports."""

from __future__ import annotations

import ast

from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.loaded.roles import IMPORTS
from migrate.source.strategies.imported.session import ImportedSession
from migrate.source.strategies.wrapping.exports import Export, read_export
from migrate.source.strategies.wrapping.nodes import only_value
from migrate.source.strategies.wrapping.read_session import constructed
from migrate.source.symbols import Assigned, Bound, Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView


def read_imported(candidate: Candidate, view: ModuleView) -> ImportedSession:
    """The session of an export, and all exports of it.

    Raises:
        Unprovable: It is not made where it is exported, or its graph is another's.
    """
    scope = candidate.scope
    if isinstance(scope.node, ast.ClassDef):
        raise Unprovable(CONTROL_FLOW, "the export stands in a class body", candidate.call)
    exports = read_export(candidate, view)
    if len(exports) > 1:
        raise Unprovable(CONTROL_FLOW, "the branches of a condition export different graphs", candidate.call)
    export = exports[0]
    call, statement = _session(export, scope, view)
    given = [keyword for keyword in call.keywords if keyword.arg not in ("graph", "config")]
    if call.args or given or view.symbols.resolve(call.func, scope) != "Session":
        raise Unprovable(ELSEWHERE, "the session is made in an unusual way", call)
    assert isinstance(export.session, ast.Name)
    graph = next((keyword.value for keyword in call.keywords if keyword.arg == "graph"), None)
    if graph is not None and _is_default(graph, scope, view):
        graph = None
    code = ImportedSession(view, scope, export.session.id, call, statement, graph, exports)
    code.around = _inside(code)
    if code.around is not None:
        # TensorFlow 1 writes the default graph, and there are no values that the session's own could have.
        code.graph, code.inside = None, True
    else:
        code.around = _around(code)
    _refuse_other_graph(code)
    code.refuse_other_uses()
    if isinstance(statement, ast.Assign) and not any(export.statement in ast.walk(root) for root in code.roots):
        raise Unprovable(ELSEWHERE, "its graph is not the default one, which TensorFlow 1 exports", export.statement)
    for other in view.candidates:
        if other is not candidate and other.kind in EXPORTS and other.scope is scope:
            found = read_export(other, view)
            if _session(found[0], scope, view)[1] is statement:
                code.exports += found
    for one in code.exports:
        if _session(one, scope, view)[1] is not statement:
            raise Unprovable(ELSEWHERE, "the same builder exports another session", one.session)
        code.refuse_other_default(one)
    return code


def _session(export: Export, scope: Scope, view: ModuleView) -> tuple[ast.Call, ast.Assign | ast.With]:
    """What makes the session of an export: the `with` around it, or the one assignment of its name."""
    session = export.session
    if not isinstance(session, ast.Name) or scope.owner(session.id) is not scope:
        raise Unprovable(ELSEWHERE, f"the session {ast.unparse(session)} comes from elsewhere", session)
    node: ast.AST = export.statement
    while node is not scope.node:
        node = view.parents[node]
        for item in node.items if isinstance(node, ast.With) else []:
            match item:
                case ast.withitem(context_expr=ast.Call() as call, optional_vars=ast.Name(id=name)):
                    if name == session.id:
                        assert isinstance(node, ast.With)
                        _refuse_rebound(name, node)
                        return call, node
    bindings = scope.bindings[session.id]
    made, statement = constructed(bindings[0], session.id) if len(bindings) == 1 else (None, None)
    if made is None or not isinstance(statement, ast.Assign):
        raise Unprovable(ELSEWHERE, f"the session {session.id} comes from elsewhere", session)
    return made, statement


def _refuse_rebound(name: str, block: ast.With) -> None:
    stores = [n for n in ast.walk(block) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)]
    if len(stores) > 1:
        raise Unprovable(CONTROL_FLOW, "the session's name has several meanings", stores[-1])


def _is_default(graph: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """`tf.get_default_graph()`, or the graph of a tensor that is made here."""
    value = only_value(graph.id, scope) if isinstance(graph, ast.Name) else graph
    match value:
        case ast.Call(func=function):
            return view.symbols.resolve(function, scope) == "get_default_graph"
        case ast.Attribute(value=ast.Name(id=name), attr="graph"):
            bindings = scope.bindings.get(name, [])
            return bool(bindings) and all(_is_made(one, scope, view) for one in bindings)
    return False


def _is_made(binding: object, scope: Scope, view: ModuleView) -> bool:
    """Whether a name is bound to what a function of TensorFlow returns, or to a part of it."""
    match binding:
        case Assigned(value=ast.Call(func=function)) | Bound(node=ast.Assign(value=ast.Call(func=function))):
            return view.symbols.resolve(function, scope) is not None
    return False


def _around(code: ImportedSession) -> ast.With | None:
    """The innermost `with` around a session that makes a graph the default one, where the session takes that."""
    node: ast.AST = code.statement
    while node is not code.scope.node:
        for item in node.items if isinstance(node, ast.With) else []:
            if item.context_expr is code.call:
                break
            match item.context_expr:
                case ast.Call(func=ast.Attribute(value=graph, attr="as_default"), args=[]):
                    assert isinstance(node, ast.With)
                    names = {one.id for one in (graph, item.optional_vars) if isinstance(one, ast.Name)}
                    if code.graph is None or (isinstance(code.graph, ast.Name) and code.graph.id in names):
                        return node
                    return None
        node = code.view.parents[node]
    return None


def _inside(code: ImportedSession) -> ast.With | None:
    """The innermost `with` around an export, in that of its session, that makes a new graph the default one."""
    if not isinstance(code.statement, ast.With):
        return None
    node: ast.AST = code.exports[0].statement
    while node is not code.statement and node is not code.scope.node:
        node = code.view.parents[node]
        if node is code.statement:
            break
        for item in node.items if isinstance(node, ast.With) else []:
            match item.context_expr:
                case ast.Call(func=ast.Attribute(value=graph, attr="as_default"), args=[]):
                    value = only_value(graph.id, code.scope) if isinstance(graph, ast.Name) else graph
                    same = isinstance(graph, ast.Name) and ast.unparse(graph) == ast.unparse(code.graph or code.call)
                    if not same and _is_graph(value, code.scope, code.view) and _imports(node, code):
                        assert isinstance(node, ast.With)
                        return node
    return None


def _imports(block: ast.AST, code: ImportedSession) -> bool:
    """Whether a GraphDef is imported in a block: else the tensors that are exported are of another graph."""
    called = (node for node in ast.walk(block) if isinstance(node, ast.Call))
    return any(code.view.symbols.resolve(call.func, code.scope) in IMPORTS for call in called)


def _refuse_other_graph(code: ImportedSession) -> None:
    """Only a graph that is made here, or the default one, is known to hold what is put into it here."""
    graph: ast.expr | None = code.graph
    if code.around is not None:
        for item in code.around.items:
            match item.context_expr:
                case ast.Call(func=ast.Attribute(value=entered, attr="as_default")):
                    graph = entered
    match graph:
        case None:
            return
        case ast.Name(id=name) if code.around is None or not _named_by(code.around, name):
            value = only_value(name, code.scope)
            if value is None:
                value = _entered_as(name, code.scope)
        case _:
            value = graph
    if isinstance(graph, ast.Name) and not _is_graph(value, code.scope, code.view):
        code.maker = _maker(graph.id, code)
        if code.maker is not None:
            return
    if not _is_graph(value, code.scope, code.view):
        raise Unprovable(ELSEWHERE, f"the graph {ast.unparse(graph)} is made elsewhere", graph)


def _is_graph(value: ast.expr | None, scope: Scope, view: ModuleView) -> bool:
    return isinstance(value, ast.Call) and view.symbols.resolve(value.func, scope) == "Graph"


def _maker(name: str, code: ImportedSession) -> ast.FunctionDef | None:
    """The function of the file that makes the graph of a name, and returns it, alone or at a place of a tuple."""
    symbols, place = code.view.symbols, -1
    match code.scope.bindings.get(name, []):
        case [Assigned(value=ast.Call() as call, node=ast.Assign(targets=[ast.Name()]))]:
            pass
        case [Bound(node=ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Call() as call))]:
            place = [isinstance(one, ast.Name) and one.id == name for one in targets].index(True)
        case _:
            return None
    function = symbols.function(call.func, code.scope) if isinstance(call.func, ast.Name) else None
    if function is None or function is code.scope.node:
        return None
    scope = symbols.scope_of(function)
    returned = [one.value for one in ast.walk(function) if isinstance(one, ast.Return)]
    for value in returned:
        if place >= 0:
            value = value.elts[place] if isinstance(value, ast.Tuple) and place < len(value.elts) else None
        if not isinstance(value, ast.Name):
            return None
        made = only_value(value.id, scope)
        if not _is_graph(made if made is not None else _entered_as(value.id, scope), scope, code.view):
            return None
    return function if returned else None


def _named_by(block: ast.With, name: str) -> bool:
    return any(isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name for item in block.items)


def _entered_as(name: str, scope: Scope) -> ast.expr | None:
    """The graph in `with tf.Graph().as_default() as graph:`."""
    match scope.bindings.get(name, []):
        case [Bound(node=ast.With(items=items))]:
            for item in items:
                match item:
                    case ast.withitem(
                        context_expr=ast.Call(func=ast.Attribute(value=made, attr="as_default")),
                        optional_vars=ast.Name(id=bound),
                    ) if bound == name:
                        return made
    return None
