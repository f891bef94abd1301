"""The settings of a session, which go with it."""

from __future__ import annotations

import ast

from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import Assigned, Scope
from migrate.source.view import ModuleView

_PROTOS = frozenset({"ConfigProto", "GPUOptions", "GraphOptions", "OptimizerOptions"})


def config_statements(session: ast.Call, scope: Scope, view: ModuleView) -> set[ast.stmt]:
    """The statements of a function that only make the settings of its session.

    Args:
        session: The call that makes the session.
        scope: The function, or the module.
        view: The module.
    """
    dropped: set[ast.stmt] = set()
    lost: set[ast.AST] = set(ast.walk(session))
    while True:
        names = {node.id for node in lost if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        new = {statement for name in names for statement in _makers(name, scope, view, lost)} - dropped
        if not new:
            return dropped
        dropped |= new
        lost |= {node for statement in new for node in ast.walk(statement)}


def _makers(name: str, scope: Scope, view: ModuleView, lost: set[ast.AST]) -> set[ast.stmt]:
    if not any(
        isinstance(binding, Assigned)
        and isinstance(binding.value, ast.Call)
        and view.symbols.resolve(binding.value.func, scope) in _PROTOS
        for binding in scope.bindings.get(name, ())
    ):
        return set()
    found: set[ast.stmt] = set()
    for _, node in nodes_of(scope, view.symbols, inner=True):
        if not isinstance(node, ast.Name) or node.id != name or node in lost:
            continue
        target: ast.AST = node
        while isinstance(view.parents[target], ast.Attribute):
            target = view.parents[target]
        match view.parents[target]:
            case ast.Assign(targets=[only]) as statement if only is target:
                found.add(statement)
            case _:
                return set()
    return found
