"""Graphs that a module builds where it is imported or run, and that a function of it exports."""

from __future__ import annotations

import ast

from migrate.source.strategies.wrapping.building import call_builds, makes_tensors, may_build
from migrate.source.strategies.wrapping.enclosing import enclosed
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value, reached
from migrate.source.strategies.wrapping.place import DEFINITIONS, code_range, graph_of
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.symbols import Assigned, Bound, Scope
from migrate.source.syntax import walk
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_COMPUTING = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.AugAssign)


def with_module_graph(code: SessionCode) -> str | None:
    """The text of a module with the graph that it builds in a `tf.Graph` of its own.

    Args:
        code: The session, in a function of the module.

    Returns:
        The text; None where the module builds no graph, or the session has another one.

    Raises:
        Unprovable: Not all of the graph can be put into one.
    """
    view, function = code.view, code.scope.node
    body = view.tree.body
    if not isinstance(function, ast.FunctionDef) or function not in body or graph_of(code) is not None:
        return None
    end = _called(function, view)
    before = body[: body.index(end)] if end is not None else body
    plain = [one for one in before if not isinstance(one, DEFINITIONS)]
    first = next((one for one in plain if makes_tensors(one, view.symbols.module, view)), None)
    if first is None:
        return None
    refuse_later(end, view)
    runs: list[tuple[ast.stmt, ast.stmt]] = []
    named: set[str] = set()
    for one in plain[plain.index(first) :]:
        builds = may_build(one, view.symbols.module, view)
        if builds or not named.isdisjoint(_names(one, ast.Load)):
            named |= _names(one, ast.Store)
        if not builds and not _computes(one, named):
            continue
        if runs and not any(
            isinstance(other, DEFINITIONS) for other in body[body.index(runs[-1][1]) : body.index(one)]
        ):
            runs[-1] = runs[-1][0], one
        else:
            runs.append((one, one))
    name = view.free("graph")
    opening = f"with {name}.as_default():"
    start, last = code_range(code)
    block: list[ast.stmt] = getattr(view.parents[start], "body", [])
    begins = next((one for one in block[: block.index(start)] if _computes(one, named)), start)
    pieces = [(start, last, opening) for start, last in (*runs, (begins, last))]
    pieces[0] = (*runs[0], f"{name} = {view.tf}.Graph()\n{opening}")
    return enclosed(pieces, view)


def _computes(statement: ast.stmt, tensors: set[str]) -> bool:
    """Whether a statement may make a part of a graph without a call: operators on tensors do."""
    if isinstance(statement, DEFINITIONS):
        return False
    return any(
        isinstance(inner, ast.Name) and inner.id in tensors
        for node in walk(statement)
        if isinstance(node, _COMPUTING)
        for inner in walk(node)
    )


def _names(statement: ast.stmt, context: type[ast.expr_context]) -> set[str]:
    return {node.id for node in walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def _called(function: ast.FunctionDef, view: ModuleView) -> ast.stmt | None:
    """The first statement of a module that may call a function."""
    callers = {function.name}
    for one in view.tree.body:
        if isinstance(one, (ast.FunctionDef, ast.ClassDef)):
            if any(scope.node is function for scope in _reached(one, view)):
                callers.add(one.name)
    for statement in view.tree.body:
        if not isinstance(statement, DEFINITIONS):
            if any(isinstance(node, ast.Name) and node.id in callers for node in ast.walk(statement)):
                return statement
    return None


def refuse_later(first: ast.stmt | None, view: ModuleView) -> None:
    """What runs as soon as the graph may be exported may call functions, and no more.

    Args:
        first: The first statement of it.
        view: The module.

    Raises:
        Unprovable: It may build more of the graph.
    """
    symbols = view.symbols
    for around, node in nodes_of(symbols.module, symbols):
        if first is not None and isinstance(node, ast.Call) and node.lineno >= first.lineno:
            kept = isinstance(view.parents[node], ast.Assign)
            if call_builds(node, around, symbols) and (kept or symbols.function(node.func, around) is None):
                raise Unprovable(
                    ELSEWHERE, "the module builds more of the graph after the function that exports it", node
                )


def made_in_module(code: SessionCode) -> ast.stmt | None:
    """The statement of a module that makes the graph which a function exports."""
    graph = graph_of(code)
    module = code.view.symbols.module
    if not isinstance(graph, ast.Name) or code.scope is module or code.scope.owner(graph.id) is not module:
        return None
    if not isinstance(code.scope.node, ast.FunctionDef):
        return None
    match module.bindings[graph.id]:
        case [Assigned(node=ast.stmt() as statement)] | [Bound(node=ast.With() as statement)]:
            return statement
    return None


def module_scopes(code: SessionCode, made: ast.stmt) -> list[Scope]:
    """The scopes of the code that builds such a graph.

    Args:
        code: The session.
        made: What makes the graph.

    Raises:
        Unprovable: The module may build some of it elsewhere, or another graph.
    """
    view = code.view
    symbols, graph = view.symbols, graph_of(code)
    function = code.scope.node
    assert isinstance(graph, ast.Name)
    assert isinstance(function, ast.FunctionDef)
    end = _called(function, view)
    refuse_later(end, view)
    found: dict[ast.AST, Scope] = {symbols.module.node: symbols.module}
    for statement in view.tree.body:
        if isinstance(statement, DEFINITIONS) or not may_build(statement, symbols.module, view):
            continue
        if (end is not None and statement.lineno >= end.lineno) or only_value(graph.id, symbols.module) is getattr(
            statement, "value", None
        ):
            continue
        if statement is not made and not _enters(statement, graph.id):
            if makes_tensors(statement, symbols.module, view):
                raise Unprovable(ELSEWHERE, f"the module builds a graph outside of {graph.id}", statement)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                for binding in symbols.module.bindings.get(node.id, ()):
                    if isinstance(binding, Bound) and isinstance(binding.node, (ast.FunctionDef, ast.ClassDef)):
                        for scope in _reached(binding.node, view):
                            found[scope.node] = scope
    return list(found.values())


def _enters(statement: ast.stmt, graph: str) -> bool:
    match statement:
        case ast.With(
            items=[ast.withitem(context_expr=ast.Call(func=ast.Attribute(value=entered, attr="as_default")))]
        ):
            return isinstance(entered, ast.Name) and entered.id == graph
    return False


def _reached(node: ast.FunctionDef | ast.ClassDef, view: ModuleView) -> list[Scope]:
    made = (
        [node] if isinstance(node, ast.FunctionDef) else [one for one in node.body if isinstance(one, ast.FunctionDef)]
    )
    return [scope for one in made for scope in reached(view.symbols.scope_of(one), view.symbols)]
