"""Calls of `tf.contrib` for which TF1's own API has another name: the code that stays is written with that."""

from __future__ import annotations

import ast

from migrate.source import api
from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import children


def respelled_calls(symbols: Symbols) -> dict[ast.Call, str]:
    """The calls, each with the name below `tensorflow.compat.v1`.

    Args:
        symbols: The module's names.
    """
    found: dict[ast.Call, str] = {}
    pending: list[tuple[ast.AST, Scope]] = [(symbols.tree, symbols.module)]
    while pending:
        node, scope = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            scope = symbols.scope_of(node)
        if isinstance(node, ast.Call) and (spelling := _spelling(node, scope, symbols)) is not None:
            found[node] = spelling
        pending += [(child, scope) for child in children(node)]
    return found


def _spelling(call: ast.Call, scope: Scope, symbols: Symbols) -> str | None:
    name = symbols.resolve(call.func, scope) or ""
    return respelled_call(call, name) if ast.unparse(call.func).endswith(f".{name}") else None


def respelled_call(call: ast.Call, name: str) -> str | None:
    """The name below `tensorflow.compat.v1` for what a call means; None where there is none.

    Args:
        call: The call.
        name: What it calls, below `tensorflow`.
    """
    if not name.startswith("contrib."):
        return None
    new = api.call_outside(name, len(call.args), [keyword.arg or "**" for keyword in call.keywords])
    return new.removeprefix("compat.v1.") if new is not None else None
