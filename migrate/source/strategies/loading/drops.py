"""What goes with the sessions of loaded graphs: the sessions, their graphs, their settings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from migrate.source.loaded.roles import Role
from migrate.source.loaded.uses import Usage, uses
from migrate.source.strategies.loading.dropped_config import dropped_config
from migrate.source.unprovable import CONTROL_FLOW, MODE, Unprovable

if TYPE_CHECKING:
    from migrate.source.strategies.loading.code import LoadingCode

_OF_GRAPHS = frozenset({
    "placeholder", "placeholder_with_default", "sparse_placeholder", "get_variable", "variable_scope", "train.Saver",
    "Variable", "global_variables_initializer", "local_variables_initializer", "tables_initializer", "get_default_graph",
    "get_default_session", "train.MonitoredTrainingSession", "import_graph_def", "saved_model.loader.load",
    "train.import_meta_graph", "get_collection", "trainable_variables", "global_variables", "Session", "Graph",
    "InteractiveSession",
})  # fmt: skip
_ENDINGS = frozenset({"reset_default_graph"})


def drop_sessions(code: LoadingCode) -> None:
    """Makes the edits that leave no session and no graph in the functions.

    Args:
        code: The sessions, and what is done with them.

    Raises:
        Unprovable: Something stays that needs a graph.
    """
    _drop_made(code)
    _drop_graphs(code)
    _drop_endings(code)
    _refuse_rest(code)


def _drop_made(code: LoadingCode) -> None:
    for call in code.sessions:
        code.handled |= set(ast.walk(call))
        parent = code.places.parents[call]
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and not isinstance(parent.targets[0], ast.Tuple):
            code.changes.statements[parent] = ()
        elif not isinstance(parent, (ast.withitem, ast.Attribute)):
            raise Unprovable(CONTROL_FLOW, "the session is made in an expression", call)
    for statement in dropped_config(code.places, code.view.symbols, code.sessions):
        code.changes.statements[statement] = ()
        code.handled |= set(ast.walk(statement))
    for use in uses(code.places, code.roles):
        if use.role is Role.SESSION and code.is_mine(use.value) and use.usage is Usage.CLOSE:
            closing = code.places.parents[use.node]
            if not isinstance(closing, ast.Expr):
                raise Unprovable(CONTROL_FLOW, "the session is closed in an expression", use.node)
            code.changes.statements[closing] = ()


def _drop_graphs(code: LoadingCode) -> None:
    """`with` statements that enter sessions and graphs, and the variables that hold graphs."""
    for node in _own(code):
        match node:
            case ast.With(items=items):
                entered = [_enters(item.context_expr, code) for item in items]
                if all(entered):
                    code.changes.unwrapped.add(node)
                elif any(entered):
                    raise Unprovable(CONTROL_FLOW, "a with statement enters the session and something else", node)
            case ast.Assign(value=value) if code.roles.is_only(value, Role.GRAPH) and not _is_helper(value, code):
                code.changes.statements[node] = ()


def _is_helper(value: ast.expr, code: LoadingCode) -> bool:
    """Whether a graph comes from a function of the file, which does more than give it."""
    return isinstance(value, ast.Call) and bool(code.places.callees(value))


def _enters(expression: ast.expr, code: LoadingCode) -> bool:
    match expression:
        case ast.Call(func=ast.Attribute(value=base, attr="as_default")):
            return code.roles.is_only(base, Role.GRAPH) or code.is_mine(base)
    return code.is_mine(expression)


def _drop_endings(code: LoadingCode) -> None:
    for node in _own(code):
        match node:
            case ast.Expr(value=ast.Call(func=function) as call) if code.roles.symbol(function) in _ENDINGS:
                code.changes.statements[node] = ()
                code.handled.add(call)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=base, attr="finalize"))) if code.roles.is_only(
                base, Role.GRAPH
            ):
                code.changes.statements[node] = ()


def _refuse_rest(code: LoadingCode) -> None:
    """Nothing of a graph may be left in the functions."""
    lost = {inner for statement, texts in code.changes.statements.items() if not texts for inner in ast.walk(statement)}
    for function in code.functions:
        for node in code.nodes(function):
            if not isinstance(node, ast.Call) or node in code.handled or node in lost:
                continue
            if code.roles.symbol(node.func) in _OF_GRAPHS:
                raise Unprovable(MODE, "the same function builds a graph of its own, too", node)


def _own(code: LoadingCode) -> Iterator[ast.AST]:
    for function in code.functions:
        yield from code.nodes(function)
