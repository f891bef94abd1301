"""The nodes of a module with the scopes they stand in."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import children

_OPENING = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def scoped(symbols: Symbols) -> Iterator[tuple[ast.AST, Scope]]:
    """Every node of a module, each with the scope in which its names are looked up.

    Args:
        symbols: The module's names.

    Yields:
        The node and its scope; what opens a scope comes with the one around it.
    """
    pending: list[tuple[ast.AST, Scope]] = [(symbols.tree, symbols.module)]
    while pending:
        node, scope = pending.pop()
        yield node, scope
        inside = symbols.scope_of(node) if isinstance(node, _OPENING) else scope
        for child in reversed(list(children(node))):
            pending.append((child, _around(node, child, scope, inside)))


def _around(node: ast.AST, child: ast.AST, outer: Scope, inside: Scope) -> Scope:
    """Decorators, bases, defaults and annotations are evaluated outside of what they belong to."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return inside if child in node.body or child is node.args else outer
    if isinstance(node, ast.ClassDef):
        return inside if child in node.body else outer
    return inside
