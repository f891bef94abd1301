"""Sessions and graphs around code that does not need them any more."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from migrate.source.symbols import Scope, Symbols
from migrate.source.unprovable import MODE, Unprovable
from migrate.source.view import ModuleView

_SESSIONS = frozenset({"Session", "InteractiveSession"})
_OF_GRAPHS = _SESSIONS | {
    "placeholder", "placeholder_with_default", "sparse_placeholder", "get_variable", "variable_scope", "train.Saver",
    "global_variables_initializer", "local_variables_initializer", "tables_initializer", "get_default_graph",
    "reset_default_graph", "Graph", "train.MonitoredTrainingSession", "import_graph_def", "get_default_session",
    "saved_model.loader.load", "train.import_meta_graph",
}  # fmt: skip


def idle_sessions(view: ModuleView, scope: Scope, rewritten: Collection[ast.AST]) -> set[ast.stmt]:
    """The `with tf.Session() as sess:` of a function whose session nothing uses; only their bodies need to stay.

    Under TensorFlow 2 such a session would be in the way: it switches to building graphs.

    Args:
        view: The module.
        scope: The function, or the module.
        rewritten: Code that does not need a graph any more.

    Raises:
        Unprovable: Something else in the function needs a session or a graph.
    """
    idle = {
        node
        for node in _nodes(scope)
        if isinstance(node, ast.With) and all(_is_idle(item, scope, view.symbols) for item in node.items)
    }
    gone = {inner for node in idle for item in node.items for inner in ast.walk(item)}
    gone |= {inner for node in rewritten for inner in ast.walk(node)}
    for node in _nodes(scope):
        if isinstance(node, ast.Call) and node not in gone and view.symbols.resolve(node.func, scope) in _OF_GRAPHS:
            raise Unprovable(MODE, "the same function builds or runs a TF1 graph, too", node)
    return set(idle)


def _is_idle(item: ast.withitem, scope: Scope, symbols: Symbols) -> bool:
    match item.context_expr:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=made), attr="as_default"), args=[], keywords=[]):
            wanted = frozenset({"Graph"})
        case ast.Call(func=made):
            wanted = _SESSIONS
        case _:
            return False
    if symbols.resolve(made, scope) not in wanted:
        return False
    match item.optional_vars:
        case None:
            return True
        case ast.Name(id=name):
            return not any(
                isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Store)
                for node in ast.walk(scope.node)
            )
    return False


def _nodes(scope: Scope) -> Iterator[ast.AST]:
    """The nodes of a scope, without the bodies of functions and classes in it."""
    pending: list[ast.AST] = list(ast.iter_child_nodes(scope.node))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending += ast.iter_child_nodes(node)
