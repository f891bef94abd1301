"""Which helper functions are read as if their statements stood at the call?"""

from __future__ import annotations

import ast

from migrate.source.arguments import call_arguments
from migrate.source.flow import Inline, InlineChoice
from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import walk


def inline_choice(symbols: Symbols, scope: Scope) -> InlineChoice:
    """The choice for one region: helpers of the same file, called once there, that collect assets.

    They make what the export carries beside its signatures: files, and variables that an init op sets.
    """
    counts: dict[ast.FunctionDef, int] = {}
    for node in walk(scope.node):
        if isinstance(node, ast.Call):
            function = symbols.function(node.func, scope)
            if function is not None:
                counts[function] = counts.get(function, 0) + 1

    def choose(call: ast.Call) -> Inline | None:
        function = symbols.function(call.func, scope)
        if function is None or counts.get(function) != 1 or function is scope.node:
            return None
        if not _collects_assets(function, symbols):
            return None
        arguments = call_arguments(call, function)
        return Inline(call, function, arguments) if arguments is not None else None

    return choose


def _collects_assets(function: ast.FunctionDef, symbols: Symbols) -> bool:
    inner = symbols.scope_of(function)
    for node in walk(function):
        if isinstance(node, ast.Attribute) and (symbols.resolve(node, inner) or "").endswith("ASSET_FILEPATHS"):
            return True
    return False
