"""What was to run when a model is loaded: the initializers of tables and of local variables."""

from __future__ import annotations

import ast

from migrate.source.candidates import Candidate
from migrate.source.strategies.wrapping.last_value import last_value
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.symbols import Scope
from migrate.source.unprovable import INIT_OP, Unprovable
from migrate.source.view import ModuleView

_IDLE = frozenset({"tables_initializer", "initialize_all_tables", "initializers.tables_initializer", "no_op",
                   "local_variables_initializer", "initialize_local_variables"})  # fmt: skip
_RESETS = frozenset({"saved_model.main_op.main_op", "saved_model.main_op", "global_variables_initializer",
                     "initialize_all_variables", "python.saved_model.main_op.main_op"})  # fmt: skip


def read_init_ops(given: list[ast.expr | None], candidate: Candidate, view: ModuleView) -> tuple[ast.expr, ...]:
    """The init ops of an export, which do no more than what TF2 does anyway when it loads a model.

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
    """Whether an init op fills tables, or does nothing that a signature may see."""
    match node:
        case ast.Name():
            value = last_value(node, scope, view)
            return value is not None and _is_idle(value, scope, view, deep=deep)
        case ast.Call(func=function, args=arguments):
            name = view.symbols.resolve(function, scope) or ""
            if name == "group":
                return all(_is_idle(one, scope, view, deep=deep) for one in arguments)
            if _assigns_unseen(function, scope, view):
                return True
            return name in _IDLE | _RESETS or (
                deep and not arguments and not name and _returns_idle(function, scope, view)
            )
    return False


def resetting(init_ops: tuple[ast.expr, ...], candidate: Candidate, view: ModuleView) -> ast.expr | None:
    """The part of init ops that gives all variables their first values, such as `tf.saved_model.main_op.main_op()`."""
    pending = [(one, candidate.scope) for one in init_ops]
    seen: set[ast.AST] = set()
    while pending:
        node, scope = pending.pop()
        match node:
            case ast.Name():
                value = last_value(node, scope, view)
                pending += [(value, scope)] if value is not None else []
            case ast.Call(func=function, args=arguments) as call:
                if view.symbols.resolve(function, scope) in _RESETS:
                    return call
                pending += [(one, scope) for one in arguments]
                made = view.symbols.function(function, scope) if isinstance(function, ast.Name) else None
                if made is not None and made not in seen:
                    seen.add(made)
                    inner = view.symbols.scope_of(made)
                    returned = [one.value for one in ast.walk(made) if isinstance(one, ast.Return)]
                    pending += [(one, inner) for one in returned if one is not None]
    return None


def _assigns_unseen(function: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """`v.assign(...)` where v is in no collection, and has no other use: no loader restores it, no signature reads it."""
    match function:
        case ast.Attribute(value=ast.Name(id=name), attr="assign"):
            match only_value(name, scope):
                case ast.Call(func=made, keywords=keywords) if view.symbols.resolve(made, scope) == "Variable":
                    kept = next((keyword.value for keyword in keywords if keyword.arg == "collections"), None)
                    return isinstance(kept, ast.List) and not kept.elts and _only_assigned(name, scope, view)
    return False


def _only_assigned(name: str, scope: Scope, view: ModuleView) -> bool:
    for _, node in nodes_of(scope, view.symbols, inner=True):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            match view.parents[node]:
                case ast.Attribute(attr="assign"):
                    continue
            return False
    return True


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
