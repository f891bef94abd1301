"""Whether shapes are asked for TF1's dimensions before the graph of an export is built.

`disable_v2_tensorshape()` counts for the whole process, from where it stands. Code that is not part of the export may
run before it, such as the constructor of a class that exports in a method: then it must stand at the head of the file.
"""

from __future__ import annotations

import ast

from migrate.source.strategies.wrapping.nodes import nodes_of, original_scopes
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.strategies.wrapping.traits import dimension_reads
from migrate.source.symbols import Bound, Scope
from migrate.source.view import ModuleView

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def reads_dimensions_early(code: SessionCode, first: ast.stmt, scopes: list[Scope]) -> bool:
    """Whether code of the file may ask for dimensions before a statement.

    Args:
        code: The session of the export.
        first: Where its graph begins.
        scopes: The functions that may build it.
    """
    symbols = code.view.symbols
    for scope in original_scopes(symbols):
        if not isinstance(scope.node, (*_FUNCTIONS, ast.Module)):
            continue
        reads = list(dimension_reads(scope, symbols))
        if scope is code.scope:
            if any(node.lineno < first.lineno for node in reads):
                return True
        elif reads and (scope not in scopes or _is_called_elsewhere(scope, code, first, scopes)):
            return True
    return False


def _is_called_elsewhere(scope: Scope, code: SessionCode, first: ast.stmt, scopes: list[Scope]) -> bool:
    """Whether a function, or the class of a method, is named anywhere else than where the graph is built."""
    symbols = code.view.symbols
    while scope.parent is not None and not isinstance(scope.parent.node, (ast.Module, *_FUNCTIONS)):
        scope = scope.parent
    definition = scope.node
    if not isinstance(definition, (*_FUNCTIONS, ast.ClassDef)):
        return True
    uses = [
        (around, node)
        for around, node in nodes_of(symbols.module, symbols, inner=True)
        if isinstance(node, ast.Name) and node.id == definition.name and isinstance(node.ctx, ast.Load)
        and any(isinstance(one, Bound) and one.node is definition for one in _bindings(node.id, around))
    ]  # fmt: skip
    if isinstance(definition, ast.ClassDef) and (not uses or code.scope.parent is scope):
        return True
    built = {one.node for one in scopes} - {code.scope.node}
    for around, node in uses:
        function = around
        while not isinstance(function.node, (*_FUNCTIONS, ast.Module)) and function.parent is not None:
            function = function.parent
        if function.node not in built and not (function is code.scope and node.lineno >= first.lineno):
            return True
    return False


def _bindings(name: str, scope: Scope) -> list[object]:
    owner = scope.owner(name)
    return list(owner.bindings[name]) if owner is not None else []


def head_of(view: ModuleView) -> ast.stmt:
    """The first statement of a module behind the imports at its head."""
    for statement in view.tree.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_text and not isinstance(statement, (ast.Import, ast.ImportFrom)):
            return statement
    return view.tree.body[-1]
