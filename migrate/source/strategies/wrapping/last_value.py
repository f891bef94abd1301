"""What a name was given last where it is read, when it has several values in its function."""

from __future__ import annotations

import ast

from migrate.source.strategies.wrapping.nodes import only_value
from migrate.source.symbols import Scope
from migrate.source.view import ModuleView

_PARTS = ("body", "orelse", "handlers", "finalbody", "cases")
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_OPAQUE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module, ast.Lambda)


def last_value(node: ast.Name, scope: Scope, view: ModuleView) -> ast.expr | None:
    """What a name is assigned, where that is sure: its only value, or that of the last statement before it to give one.

    Args:
        node: The name, where it is read.
        scope: Of the function, or the module, that it stands in.
        view: The module.
    """
    owner = scope.owner(node.id)
    value = only_value(node.id, scope)
    if value is not None or owner is None or owner.node is not scope.node or node not in view.parents:
        return value
    inner: ast.AST = view.statement(node)
    while not isinstance(inner, _OPAQUE) and inner in view.parents:
        parent = view.parents[inner]
        for part in _PARTS:
            block = getattr(parent, part, None) or []
            if not isinstance(block, list) or inner not in block:
                continue
            for one in reversed(block[: block.index(inner)]):
                match one:
                    case ast.Assign(targets=[ast.Name(id=name)], value=given) if name == node.id:
                        return given
                if _gives(one, node.id):
                    return None
        if isinstance(parent, (*_LOOPS, ast.Try)) and _gives(parent, node.id):
            # An earlier turn, or what was done of a part that failed, may have given it.
            return None
        inner = parent
    return None


def _gives(statement: ast.AST, name: str) -> bool:
    """Whether a statement may give a name a value, or take it away."""
    for one in ast.walk(statement):
        match one:
            case ast.Name(id=found, ctx=ast.Store() | ast.Del()) if found == name:
                return True
            case ast.FunctionDef(name=found) | ast.ClassDef(name=found) if found == name:
                return True
            case ast.alias() if (one.asname or one.name.partition(".")[0]) == name:
                return True
            case ast.Global() | ast.Nonlocal() if name in one.names:
                return True
            case ast.ExceptHandler(name=found) if found == name:
                return True
    return False
