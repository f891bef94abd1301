"""The names that TensorFlow and `migrate.tf1` have where something is spelled."""

from __future__ import annotations

import ast

from migrate.source.api.tf1_package import PACKAGE
from migrate.source.symbols import Imported, Scope, Symbols
from migrate.source.tf1.uses import Use

_PLAIN = "tensorflow"
_V1 = "tensorflow.compat.v1"
TOP, _, NAME = PACKAGE.rpartition(".")
"""What the package is imported from, and as what."""


def tensorflow_at(scope: Scope) -> tuple[str, bool] | None:
    """A name for TensorFlow that is seen from a scope, and whether it means `tensorflow.compat.v1`; None without one.

    Args:
        scope: Where the name is to be read.
    """
    found: list[tuple[str, bool]] = []
    around: Scope | None = scope
    while around is not None:
        for name, bindings in around.bindings.items():
            meant = {one.qualified if isinstance(one, Imported) else None for one in bindings}
            if meant and meant <= {_PLAIN, _V1} and len(meant) == 1 and scope.owner(name) is around:
                found.append((name, meant == {_V1}))
        around = around.parent
    return min(found, key=lambda one: (one[0] != "tf", one[0])) if found else None


def package_name(symbols: Symbols) -> str:
    """The name for `migrate.tf1` in a module: the one it has already, or one that nothing else has."""
    bound = [(name, one) for scope in symbols.scopes() for name, several in scope.bindings.items() for one in several]
    for name, binding in bound:
        if isinstance(binding, Imported) and binding.qualified == PACKAGE:
            if all(isinstance(b, Imported) and b.qualified == PACKAGE for other, b in bound if other == name):
                return name
    taken = {name for name, _ in bound}
    names = [NAME, f"{TOP}_{NAME}", *(f"{TOP}_{NAME}_{number}" for number in range(2, len(taken) + 3))]
    return next(one for one in names if one not in taken)


def anchor(use: Use, lines: list[bytes], symbols: Symbols) -> tuple[Scope, int]:
    """The scope whose import of TensorFlow a use depends on, and the line of that; 0 where there is none.

    Args:
        use: The use.
        lines: The lines of the module.
        symbols: Its names.
    """
    scope: Scope | None = use.scope
    while scope is not None:
        found = [
            binding.node.lineno
            for several in scope.bindings.values()
            for binding in several
            if isinstance(binding, Imported) and binding.qualified.partition(".")[0] == "tensorflow"
        ]
        if found and _begins_line(scope, min(found), lines):
            return scope, min(found)
        scope = scope.parent
    return symbols.module, 0


def _begins_line(scope: Scope, line: int, lines: list[bytes]) -> bool:
    """Whether what stands on a line is in a body whose statements begin lines, and may get another one."""
    node = scope.node
    if not isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    found = [one for one in node.body if one.lineno <= line <= (one.end_lineno or one.lineno)]
    return len(found) == 1 and not lines[found[0].lineno - 1][: found[0].col_offset].strip()
