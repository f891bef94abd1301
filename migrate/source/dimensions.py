"""Dimensions of static shapes: objects with a `.value` for TensorFlow 1, numbers for TensorFlow 2."""

from __future__ import annotations

import ast

from migrate.source.syntax import walk

_DEEP = 5


def is_dimension_value(node: ast.Attribute, around: ast.AST) -> bool:
    """Whether `.value` is surely that of a dimension of a shape.

    Args:
        node: The attribute.
        around: The function or module it stands in.
    """
    if node.attr != "value" or not isinstance(node.ctx, ast.Load):
        return False
    if not isinstance(node.value, ast.Name):
        return _is_dimension(node.value, around)
    bound = _bound(node.value.id, around)
    return bool(bound) and all(
        _is_shape(value, around) if looped else _is_dimension(value, around) for value, looped in bound
    )


def _is_dimension(node: ast.expr | None, around: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice) and _is_shape(node.value, around)


def _is_shape(node: ast.expr | None, around: ast.AST, depth: int = 0) -> bool:
    if depth > _DEEP:
        return False
    match node:
        case ast.Attribute(attr="shape") | ast.Call(func=ast.Attribute(attr="get_shape"), args=[], keywords=[]):
            return True
        case ast.Attribute(attr="dims", value=inner) | ast.Subscript(value=inner, slice=ast.Slice()):
            return _is_shape(inner, around, depth + 1)
        case ast.Name(id=name):
            bound = _bound(name, around)
            return bool(bound) and all(not looped and _is_shape(value, around, depth + 1) for value, looped in bound)
    return False


def _bound(name: str, around: ast.AST) -> list[tuple[ast.expr | None, bool]]:
    """What a name gets below a node, and whether it is one after the other of it; None for what is not known."""
    found: list[tuple[ast.expr | None, bool]] = []
    known: set[ast.AST] = set()
    for node in walk(around):
        match node:
            case ast.Assign(targets=[ast.Name(id=target) as place], value=value) if target == name:
                found.append((value, False))
                known.add(place)
            case ast.comprehension(target=ast.Name(id=target) as place, iter=value) if target == name:
                found.append((value, True))
                known.add(place)
            case ast.For(target=ast.Name(id=target) as place, iter=value) if target == name:
                found.append((value, True))
                known.add(place)
            case ast.arg(arg=target) if target == name:
                found.append((None, False))
    others = [
        node
        for node in walk(around)
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load) and node not in known
    ]
    return [*found, *((None, False) for _ in others)]
