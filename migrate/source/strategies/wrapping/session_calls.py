"""What the calls of a session that is wrapped are: initializers, savers, what they restore."""

from __future__ import annotations

import ast

from migrate.source.strategies.wrapping.nodes import only_value
from migrate.source.symbols import Assigned, Scope, Symbols
from migrate.source.view import ModuleView

_INITS = frozenset({
    "global_variables_initializer", "initialize_all_variables", "initializers.global_variables",
    "local_variables_initializer", "initialize_local_variables", "initializers.local_variables",
    "tables_initializer", "initialize_all_tables", "initializers.tables_initializer",
    "variables_initializer", "initialize_variables", "initializers.variables",
})  # fmt: skip
_SAVERS = frozenset({"train.Saver", "train.import_meta_graph"})


def initializes(node: ast.expr, scope: Scope, symbols: Symbols) -> bool:
    """Whether what a session runs only gives variables and tables their first values."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return bool(elements) and all(initializes(element, scope, symbols) for element in elements)
        case ast.Name(id=name):
            value = only_value(name, scope)
            return value is not None and initializes(value, scope, symbols)
        case ast.Call(func=function, args=arguments):
            name = symbols.resolve(function, scope) or ""
            return name in _INITS or (name == "group" and all(initializes(one, scope, symbols) for one in arguments))
        case ast.Attribute(attr="initializer"):
            return True
    return False


def is_saver(node: ast.expr, scope: Scope, symbols: Symbols) -> bool:
    """Whether an expression is always a `tf.train.Saver`."""
    if isinstance(node, ast.Name):
        owner = scope.owner(node.id)
        bound = owner.bindings[node.id] if owner is not None else []
        values = [one.value for one in bound if isinstance(one, Assigned) and isinstance(one.node, ast.Assign)]
        plain = bool(values) and len(values) == len(bound)
        return plain and all(isinstance(value, ast.Call) and is_saver(value, scope, symbols) for value in values)
    return isinstance(node, ast.Call) and symbols.resolve(node.func, scope) in _SAVERS


def restored_path(node: ast.Name, call: ast.Call) -> ast.expr | None:
    """What a restore reads.

    Args:
        node: The session.
        call: The restore.
    """
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    match call.args:
        case [session, path] if session is node and not named:
            return path
        case [session] if session is node and set(named) == {"save_path"}:
            return named["save_path"]
        case [] if set(named) == {"sess", "save_path"} and named["sess"] is node:
            return named["save_path"]
    return None


def is_tried(statement: ast.stmt, view: ModuleView) -> bool:
    """Whether a statement stands in a `try`."""
    node: ast.AST = statement
    while node in view.parents and not isinstance(node, ast.FunctionDef):
        node = view.parents[node]
        if isinstance(node, ast.Try):
            return True
    return False


def is_tensor(name: str, scope: Scope, symbols: Symbols) -> bool:
    """Whether a name is something that a function of TensorFlow made, or a method of it."""
    value = only_value(name, scope)
    while isinstance(value, (ast.Call, ast.Attribute)):
        resolved = symbols.resolve(value, scope)
        if resolved is not None:
            return not resolved.startswith(("Session", "InteractiveSession"))
        value = value.func if isinstance(value, ast.Call) else value.value
    return False
