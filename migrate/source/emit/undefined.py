"""The last check of rewritten code: every name it reads still has a value somewhere."""

from __future__ import annotations

import ast
import builtins

from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import children, walk
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

_KNOWN = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__path__", "__spec__", "__class__"}


_OPENS_SCOPE = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def refuse_undefined(before: Symbols, after: Symbols) -> None:
    """Refuses a rewrite that leaves a name without a binding which it had before.

    Args:
        before: The names of the module.
        after: Those after the rewrite.

    Raises:
        Unprovable: With the name.
    """
    new = _unbound(after)
    old = {name for name, _ in _unbound(before)} if new else set()
    for name, node in new:
        if name not in old:
            raise Unprovable(
                CONTROL_FLOW,
                f"'{name}' is used in a way that is not understood",
                _first(before, name) or node,
            )


def _unbound(symbols: Symbols) -> list[tuple[str, ast.AST]]:
    found: list[tuple[str, ast.AST]] = []
    pending: list[tuple[ast.AST, Scope]] = [(symbols.tree, symbols.module)]
    while pending:
        node, scope = pending.pop()
        if isinstance(node, _OPENS_SCOPE):
            scope = symbols.scope_of(node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if node.id not in _KNOWN and scope.owner(node.id) is None:
                found.append((node.id, node))
        pending += [(child, scope) for child in children(node)]
    return found


def _first(symbols: Symbols, name: str) -> ast.AST | None:
    return next((n for n in walk(symbols.tree) if isinstance(n, ast.Name) and n.id == name), None)
