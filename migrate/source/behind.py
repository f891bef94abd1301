"""What stands behind an expression of the module: the calls in it, and in the code of the file that it names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.symbols import Assigned, Scope, Symbols
from migrate.source.syntax import walk


def calls_behind(expression: ast.expr, symbols: Symbols) -> Iterator[tuple[ast.Call, Scope]]:
    """The calls that may be needed to make a value, each with a scope its names can be looked up in.

    Args:
        expression: What stands at the top level of the module.
        symbols: The module's names.
    """
    pending: list[tuple[ast.AST, Scope]] = [(expression, symbols.module)]
    seen: set[ast.AST] = set()
    while pending:
        code, scope = pending.pop()
        for node in walk(code):
            if isinstance(node, ast.Call):
                yield node, scope
            if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
                continue
            for binding in symbols.module.bindings.get(node.id, []):
                made = binding.value if isinstance(binding, Assigned) else getattr(binding, "node", None)
                if made in seen or not isinstance(made, (ast.expr, ast.FunctionDef, ast.ClassDef)):
                    continue
                seen.add(made)
                inner = symbols.scope_of(made) if isinstance(made, (ast.FunctionDef, ast.ClassDef)) else symbols.module
                pending.append((made, inner))
