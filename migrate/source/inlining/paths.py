"""Functions and classes by their names, from the outside in."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.inlining.text import Source
from migrate.source.syntax import children
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

Path = tuple[str, ...]


def definition_at(tree: ast.Module, path: Path) -> ast.Module | ast.FunctionDef | ast.ClassDef:
    """The function or class with some names, from the outside in.

    Raises:
        Unprovable: Where there are none or several.
    """
    found: ast.Module | ast.FunctionDef | ast.ClassDef = tree
    for name in path:
        inner = [node for node in _definitions(found) if node.name == name]
        if not inner:
            raise Unprovable(CONTROL_FLOW, f"'{name}' stands inside of code that is read at its calls")
        if len(inner) > 1:
            raise Unprovable(CONTROL_FLOW, f"'{name}' is defined several times", inner[0])
        found = inner[0]
    return found


def has_definition(tree: ast.Module, path: Path) -> bool:
    """Whether a module has one function or class with some names."""
    try:
        definition_at(tree, path)
    except Unprovable:
        return False
    return True


def path_of(source: Source, node: ast.AST) -> Path:
    """The names of a function or class, from the outside in."""
    names: list[str] = []
    while not isinstance(node, ast.Module):
        names.insert(0, node.name)  # type: ignore[attr-defined]
        node = source.function_around(node)
    return tuple(names)


def _definitions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for child in children(node):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            yield child
        elif not isinstance(child, (ast.AsyncFunctionDef, ast.expr)):
            yield from _definitions(child)
