"""Statements that have a graph of their own: what stands in one has nothing to do with what stands beside it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from migrate.source.loaded.split_names import binds_first
from migrate.source.scoped import scoped
from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import walk


def block_of(call: ast.Call, scope: Scope, symbols: Symbols) -> ast.With | None:
    """The statement with a graph of its own in which a call stands; None where others may see that graph.

    That is `with tf.Graph().as_default():` or `with tf.Session(graph=tf.Graph()):` among the statements of a function
    or module, none of whose names is read by another statement that does not bind it itself.

    Args:
        call: The call.
        scope: The function or module.
        symbols: The module's names.
    """
    body: Sequence[ast.stmt] = getattr(scope.node, "body", ())
    for statement in body:
        if isinstance(statement, ast.With) and any(node is call for node in walk(statement)):
            return (
                statement
                if _makes_graph(statement, scope, symbols) and _is_apart(statement, body, scope, symbols)
                else None
            )
    return None


def _makes_graph(statement: ast.With, scope: Scope, symbols: Symbols) -> bool:
    match statement.items[0].context_expr:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=made), attr="as_default"), args=[], keywords=[]):
            return symbols.resolve(made, scope) == "Graph"
        case ast.Call(func=made, keywords=[ast.keyword(arg="graph", value=ast.Call(func=graph))]):
            return symbols.resolve(made, scope) == "Session" and symbols.resolve(graph, scope) == "Graph"
    return False


def _is_apart(statement: ast.With, body: Sequence[ast.stmt], scope: Scope, symbols: Symbols) -> bool:
    """Whether nothing else reads a name that the statement binds."""
    names = _stored(statement)
    inside = set(walk(statement))
    for node, reader in scoped(symbols):
        if isinstance(node, ast.Name) and node.id in names and reader is not scope and node not in inside:
            if reader.owner(node.id) is scope:
                return False
    for other in body[body.index(statement) + 1 :]:
        bound = _bound(other)
        for node in walk(other):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names - bound:
                if not isinstance(other, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    return False
        names -= bound
    return True


def _stored(tree: ast.AST) -> set[str]:
    return {node.id for node in walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement binds anew, whatever it reads of them comes from itself."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return {name} - {node.id for node in walk(value) if isinstance(node, ast.Name)}
        case ast.With():
            return {name for name in _stored(statement) if binds_first(name, statement)}
    return set()
