"""Where the graph of an export is built."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.strategies.wrapping.building import makes_tensors, may_build
from migrate.source.strategies.wrapping.nodes import only_value
from migrate.source.strategies.wrapping.read_session import is_default
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.symbols import Bound, Scope
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the graph is built.

    Attributes:
        first: The first statement that may build some of it.
        last: The last one that the session is needed for, in the same block.
        entered: Whether a graph of its own is the default one around the session already.
        fresh: Whether that graph is surely made here: tensors that come from elsewhere are of another one.
    """

    first: ast.stmt
    last: ast.stmt
    entered: bool
    fresh: bool

    def is_only(self, statement: ast.stmt) -> bool:
        """Whether all of it lies in one statement."""
        return self.first is statement and self.last is statement


def find_place(code: SessionCode) -> Place:
    """Finds where a graph is built.

    Raises:
        Unprovable: It is not built in the exporting function.
    """
    graph = graph_of(code)
    entered = graph is not None
    if graph is not None:
        _refuse_foreign(graph, code)
    first, last = code_range(code)
    block: list[ast.stmt] = getattr(code.view.parents[first], "body", [])
    built = block[block.index(first) : block.index(last) + 1]
    if not entered and not any(makes_tensors(one, code.scope, code.view) for one in built):
        raise Unprovable(ELSEWHERE, "the graph is built somewhere else", code.call)
    made = _made(graph, code) if graph is not None else None
    if made is not None:
        # Before its graph is made, nothing can build some of it.
        first = _holding(built, code.view.statement(made), code.view) or first
    return Place(first, last, entered, graph is None or made is not None)


def refuse_more(place: Place, code: SessionCode) -> None:
    """Nothing may build more of the graph where it is not the default one: TF1 goes by the inputs, TF2 does not.

    Args:
        place: Where the graph is built.
        code: The session.

    Raises:
        Unprovable: It does, with what the graph's code named.
    """
    block: list[ast.stmt] = getattr(code.view.parents[place.first], "body", [])
    built = block[block.index(place.first) : block.index(place.last) + 1]
    named = {name for statement in built for name in _names(statement, ast.Store)}
    for later in block[block.index(place.last) + 1 :]:
        if isinstance(later, DEFINITIONS) or named.isdisjoint(_names(later, ast.Load)):
            continue
        if makes_tensors(later, code.scope, code.view):
            raise Unprovable(ELSEWHERE, "more of the graph is built after the export", later)
    if place.entered and place.fresh:
        for statement in built:
            inside = isinstance(statement, (ast.With, *DEFINITIONS)) or named.isdisjoint(_names(statement, ast.Load))
            if not inside and makes_tensors(statement, code.scope, code.view):
                raise Unprovable(ELSEWHERE, "a part of the graph is built where it is not the default one", statement)


def _names(statement: ast.stmt, context: type[ast.expr_context]) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def graph_of(code: SessionCode) -> ast.expr | None:
    """The graph that a session is given, or that a `with` around it makes the default one."""
    return code.graph if code.graph is not None else _entered(code)


def code_range(code: SessionCode) -> tuple[ast.stmt, ast.stmt]:
    """The first statement of a function that may build some of the graph, and the last one that the session needs.

    Raises:
        Unprovable: There is none, or they stand in different blocks.
    """
    view, block = code.view, _body(code.scope)
    ends = [code.statement, *code.used(), *(export.statement for export in code.exports)]
    ends += [statement for export in code.exports for statement in export.gone]
    while True:
        last = _holding(block, max(ends, key=lambda one: one.end_lineno or one.lineno), view)
        first = next((one for one in block if _needs(one, code)), None)
        if first is None or last is None or first.lineno > last.lineno:
            raise Unprovable(ELSEWHERE, "the graph is built somewhere else", code.call)
        if first is last and isinstance(first, ast.If) and not first.orelse:
            block = first.body
            continue
        return first, last


def _needs(statement: ast.stmt, code: SessionCode) -> bool:
    """Whether a statement needs the graph: it may build some of it, or makes the session."""
    if any(node is code.statement for node in ast.walk(statement)):
        return True
    return may_build(statement, code.scope, code.view, code.call)


def _body(scope: Scope) -> list[ast.stmt]:
    assert isinstance(scope.node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef))
    return scope.node.body


def _holding(block: list[ast.stmt], statement: ast.stmt, view: ModuleView) -> ast.stmt | None:
    node: ast.AST = statement
    while node in view.parents and node not in block:
        node = view.parents[node]
    return node if isinstance(node, ast.stmt) and node in block else None


def _entered(code: SessionCode) -> ast.expr | None:
    """The graph that a `with` around the session makes the default one."""
    node: ast.AST = code.statement
    while True:
        if isinstance(node, ast.With):
            for item in node.items:
                if item.context_expr is code.call:
                    break
                match item.context_expr:
                    case ast.Call(func=ast.Attribute(value=graph, attr="as_default"), args=[]):
                        is_session = isinstance(graph, ast.Name) and graph.id == code.name
                        if not is_session and not is_default(graph, code.scope, code.view):
                            return graph
        if node is code.scope.node or node not in code.view.parents:
            return None
        node = code.view.parents[node]
        if isinstance(node, (ast.FunctionDef, ast.Module)):
            return None


def _refuse_foreign(graph: ast.expr, code: SessionCode) -> None:
    """A graph that is a parameter, or an attribute, may hold anything."""
    if not isinstance(_meant(graph, code), ast.Call):
        raise Unprovable(ELSEWHERE, f"the graph {ast.unparse(graph)} is made elsewhere", graph)


def _made(graph: ast.expr, code: SessionCode) -> ast.Call | None:
    """The call that makes a graph for this run of the function; None where it may be another's."""
    value = _meant(graph, code)
    match value:
        case ast.Call(func=ast.Attribute(value=made, attr="as_default"), args=[]):
            value = _meant(made, code)
    local = not isinstance(graph, ast.Name) or code.scope.owner(graph.id) is code.scope
    if local and isinstance(value, ast.Call) and code.view.symbols.resolve(value.func, code.scope) == "Graph":
        return value
    return None


def _meant(graph: ast.expr, code: SessionCode) -> ast.expr | None:
    if not isinstance(graph, ast.Name):
        return graph
    value = only_value(graph.id, code.scope)
    return _entered_as(graph.id, code) if value is None else value


def _entered_as(name: str, code: SessionCode) -> ast.expr | None:
    """`with tf.Graph().as_default() as graph:`."""
    match code.scope.bindings.get(name, []):
        case [Bound(node=ast.With(items=items))]:
            for item in items:
                if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name:
                    return item.context_expr
    return None
