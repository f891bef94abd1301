"""Graphs whose variables are TensorFlow 1's, which are references: TF2's have other nodes."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.changes import Changes
from migrate.source.emit.same_nodes import SAME_NODES
from migrate.source.strategies.wrapping.nodes import calls_of
from migrate.source.symbols import Scope
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_ENTERS = frozenset({"Session", "InteractiveSession", "Graph"})


def use_references(start: ast.stmt, scopes: Iterable[Scope], view: ModuleView, changes: Changes) -> None:
    """Adds what makes the variables of a graph references.

    Args:
        start: What comes first in the graph, or in front of all that makes it.
        scopes: The functions that may build some of it.
        view: The module.
        changes: Gets the edits.

    Raises:
        Unprovable: It is not sure where the graph is entered.
    """
    around = view.parents[start]
    if isinstance(around, ast.With) and any(_is_graph(item.context_expr, view) for item in around.items):
        _add(start, view, changes)
    else:
        use_in_made(start, scopes, view, changes)


def use_in_made(start: ast.stmt | None, scopes: Iterable[Scope], view: ModuleView, changes: Changes) -> None:
    """Adds it to each graph that some functions make.

    Args:
        start: The statement that must make one of them, if it must.
        scopes: The functions.
        view: The module.
        changes: Gets the edits.

    Raises:
        Unprovable: It is not sure where one is entered.
    """
    made: set[ast.stmt] = set()
    for scope in scopes:
        for around, call in calls_of(scope, view.symbols):
            if view.symbols.resolve(call.func, around) == "Graph":
                made.add(view.statement(call))
    firsts = [first for statement in made for first in _entered(statement, view)]
    if start is not None and not firsts:
        raise Unprovable(ELSEWHERE, "it is not sure where the graph is entered", start)
    for first in firsts:
        _add(first, view, changes)


def _entered(made: ast.stmt, view: ModuleView) -> list[ast.stmt]:
    """The first statements in a graph, by the statement that makes it."""
    match made:
        case ast.With(body=[first, *_]):
            return [first]
        case ast.Assign(targets=[target]):
            name = ast.unparse(target)
            entered = [node for node in ast.walk(view.tree) if isinstance(node, ast.With) and _enters(node, name)]
            beside = [node for node in entered if view.parents[node] is view.parents[made]]
            if entered:
                return [node.body[0] for node in beside[:1] or entered]
    raise Unprovable(ELSEWHERE, "it is not sure where the graph is entered", made)


def _is_graph(entered: ast.expr, view: ModuleView) -> bool:
    match entered:
        case ast.Call(func=ast.Attribute(attr="as_default"), args=[]):
            return True
        case ast.Call(func=function):
            return view.symbols.resolve(function, view.symbols.module) in _ENTERS
    return False


def _enters(node: ast.With, graph: str) -> bool:
    """Whether a `with` makes a graph the default one."""
    for item in node.items:
        match item.context_expr:
            case ast.Call(func=ast.Attribute(value=entered, attr="as_default"), args=[]):
                if ast.unparse(entered) == graph:
                    return True
            case ast.Call(keywords=keywords):
                if any(one.arg == "graph" and ast.unparse(one.value) == graph for one in keywords):
                    return True
    return False


def _add(first: ast.stmt, view: ModuleView, changes: Changes) -> None:
    above = changes.above.get(first, ())
    if not any(SAME_NODES in text for text in above):
        changes.above[first] = (*above, f"{view.tf}.compat.v1.{SAME_NODES}")
