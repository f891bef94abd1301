"""Attributes of objects that stand for one thing."""

from __future__ import annotations

import ast

from migrate.source.symbols import Scope
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView


def attribute_reads(attribute: ast.Attribute, view: ModuleView) -> list[ast.expr]:
    """Where methods of a class read an attribute of their object, which is set at one place.

    Args:
        attribute: Where it is set.
        view: The module.

    Raises:
        Unprovable: It is set elsewhere, too, or read by other code.
    """
    found: list[ast.expr] = []
    around = _class_of(attribute, view)
    for node in ast.walk(view.tree):
        if not isinstance(node, ast.Attribute) or node.attr != attribute.attr or node is attribute:
            continue
        if view.symbols.qualified(node, function_of(node, view)) is not None:
            # A name of another module.
            continue
        own = isinstance(node.value, ast.Name) and node.value.id == "self" and _class_of(node, view) is around
        if around is None or not own or not isinstance(node.ctx, ast.Load):
            raise Unprovable(ELSEWHERE, f"{ast.unparse(node)} is used in other ways", node)
        found.append(node)
    return found


def free_attribute(name: str, view: ModuleView) -> str:
    """A name that no attribute of the module has, `name` itself if it can be."""
    taken = {node.attr for node in ast.walk(view.tree) if isinstance(node, ast.Attribute)}
    taken |= {node.name for node in ast.walk(view.tree) if isinstance(node, ast.FunctionDef)}
    candidate, count = name, 2
    while candidate in taken:
        candidate, count = f"{name}_{count}", count + 1
    return candidate


def function_of(node: ast.AST, view: ModuleView) -> Scope:
    """The scope of the function around a node, or of the module."""
    while node in view.parents:
        node = view.parents[node]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return view.symbols.scope_of(node)
    return view.symbols.module


def _class_of(node: ast.AST, view: ModuleView) -> ast.ClassDef | None:
    """The class in whose method a node stands, where that method's object is `self`."""
    function = function_of(node, view).node
    if isinstance(function, ast.FunctionDef) and function.args.args and function.args.args[0].arg == "self":
        around = view.parents[function]
        return around if isinstance(around, ast.ClassDef) else None
    return None
