"""What was to run when a model is loaded: the initializers of tables and of local variables."""

from __future__ import annotations

import ast

from migrate.source.candidates import Candidate
from migrate.source.strategies.wrapping.nodes import only_value
from migrate.source.symbols import Scope
from migrate.source.unprovable import INIT_OP, Unprovable
from migrate.source.view import ModuleView

_IDLE = frozenset({"tables_initializer", "initialize_all_tables", "initializers.tables_initializer", "no_op",
                   "local_variables_initializer"})  # fmt: skip


def read_init_ops(given: list[ast.expr | None], candidate: Candidate, view: ModuleView) -> tuple[ast.expr, ...]:
    """The init ops of an export, which have nothing to do in a graph without tables.

    Args:
        given: The arguments.
        candidate: The export.
        view: Its module.

    Raises:
        Unprovable: One of them does more.
    """
    found = tuple(node for node in given if node is not None and not is_none(node))
    for node in found:
        if not _is_idle(node, candidate.scope, view):
            raise Unprovable(INIT_OP, "what runs when the model is loaded is more than the initializer of tables", node)
    return found


def _is_idle(node: ast.expr, scope: Scope, view: ModuleView, *, deep: bool = True) -> bool:
    """Whether an init op has nothing to do in a graph without tables."""
    match node:
        case ast.Name(id=name):
            value = only_value(name, scope)
            return value is not None and _is_idle(value, scope, view, deep=deep)
        case ast.Call(func=function, args=arguments):
            name = view.symbols.resolve(function, scope) or ""
            if name == "group":
                return all(_is_idle(one, scope, view, deep=deep) for one in arguments)
            return name in _IDLE or (deep and not arguments and not name and _returns_idle(function, scope, view))
    return False


def _returns_idle(function: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """Whether a function of the file does no more than to make such an op."""
    made = view.symbols.function(function, scope) if isinstance(function, ast.Name) else None
    if made is None or made is scope.node or not isinstance(made.body[-1], ast.Return):
        return False
    inner = view.symbols.scope_of(made)
    value = made.body[-1].value
    return (
        value is not None
        and all(_is_plain(one, inner, view) for one in made.body[:-1])
        and _is_idle(value, inner, view, deep=False)
    )


def _is_plain(statement: ast.stmt, scope: Scope, view: ModuleView) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name()], value=value):
            return _is_idle(value, scope, view, deep=False)
    return False


def is_none(node: ast.expr) -> bool:
    """Whether an argument is the literal None."""
    return isinstance(node, ast.Constant) and node.value is None
