"""Imports such as `from tensorflow.saved_model import signature_def_utils`, of names that TF2 has for TF1 only."""

from __future__ import annotations

import ast
from collections.abc import Collection

import libcst as cst

from migrate.source.api.data import table
from migrate.source.emit.index import SourceIndex
from migrate.source.emit.respell import Edit
from migrate.source.symbols import Symbols
from migrate.source.syntax import walk

_V1 = "tensorflow.compat.v1"
_STAY = frozenset({"compat", "contrib", "core", "estimator", "examples", "keras", "python", "tools"})
"""What `tensorflow.compat.v1` has not got as modules, or what is no part of the TF1 that stays there."""


def moved_imports(symbols: Symbols, index: SourceIndex, skipped: Collection[int]) -> dict[cst.CSTNode, Edit]:
    """Edits that let such imports find what they name.

    Args:
        symbols: The module's names.
        index: Its concrete tree.
        skipped: Lines that stay as they are.
    """
    edits: dict[cst.CSTNode, Edit] = {}
    for node in walk(symbols.tree):
        if isinstance(node, ast.ImportFrom) and node.lineno not in skipped and not _in_fallback(node, symbols.tree):
            module = _moved(node)
            if module is not None:
                edits[index.small(node)] = _from(module)
    return edits


def _moved(node: ast.ImportFrom) -> str | None:
    """Where all names of an import are, if TF2 has not got one of them where they were."""
    if node.level or node.module is None or node.module.partition(".")[0] != "tensorflow":
        return None
    package = node.module.partition(".")[2]
    if package.partition(".")[0] in _STAY or (package and package not in table().packages):
        return None
    names = [alias.name for alias in node.names]
    if not package and _STAY & set(names):
        return None
    full = [f"{package}.{name}" if package else name for name in names]
    if "*" in names or all(_in_tf2(name) for name in full):
        return None
    return f"{_V1}.{package}" if package else _V1


def _in_tf2(name: str) -> bool:
    """Whether TF2 has the same of this name, or a module."""
    known = table()
    return name in known.same or any(other.startswith(f"{name}.") for other in known.same | known.modern)


def _in_fallback(node: ast.ImportFrom, tree: ast.Module) -> bool:
    """Whether an import stands in a try or an if, which may have the other import in its other part."""
    return any(
        inner is node
        for statement in walk(tree)
        if isinstance(statement, (ast.Try, ast.If))
        for inner in walk(statement)
    )


def _from(module: str) -> Edit:
    def change(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.ImportFrom)
        return updated.with_changes(module=cst.parse_expression(module))

    return change
