"""Arguments of the calls that make variables and tables."""

from __future__ import annotations

import ast
from collections.abc import Callable

from migrate.source.flow import Definition, Region

Render = Callable[[ast.expr], str]
"""Gives the new text of an expression."""


def source_of(node: ast.expr, region: Region) -> ast.expr:
    """The expression behind a name."""
    while isinstance(node, ast.Name):
        value = region.value_of.get(node)
        if not isinstance(value, Definition) or not value.known or value.expression is None or value.path:
            return node
        node = value.expression
    return node


def is_constant(node: ast.expr | None, value: object) -> bool:
    """Whether an argument is this constant."""
    return (isinstance(node, ast.Constant) and node.value is value) or (
        isinstance(node, ast.Constant) and type(node.value) is type(value) and node.value == value
    )


def is_none(node: ast.expr | None) -> bool:
    """Whether an argument is given as None."""
    return isinstance(node, ast.Constant) and node.value is None
