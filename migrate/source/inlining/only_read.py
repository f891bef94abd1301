"""Lists that code only looks at, so that it does not matter which list it is."""

from __future__ import annotations

import ast

from migrate.source.inlining.nodes import defaults
from migrate.source.inlining.text import Source
from migrate.source.symbols import Bound
from migrate.source.syntax import walk

_READING = frozenset(
    {"len", "enumerate", "zip", "range", "sum", "max", "min", "list", "tuple", "map", "sorted", "print", "str", "any", "all"}
)  # fmt: skip
_DEEP = 6


def only_read(name: str, around: ast.AST, source: Source, depth: int = 0) -> bool:
    """Whether every use of a name below a node only looks at the list that it stands for.

    Args:
        name: The name.
        around: Where it stands for that list, such as the function whose parameter it is.
        source: The module.
        depth: How many calls it was handed on by.
    """
    if depth > _DEEP:
        return False
    return all(
        _is_look(node, source, depth)
        for node in walk(around)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    )


def _is_look(node: ast.Name, source: Source, depth: int) -> bool:
    around = source.parents[node]
    match around:
        case ast.For(iter=used) | ast.comprehension(iter=used):
            return used is node
        case ast.Subscript(value=used, ctx=ast.Load()):
            # A part of it is a number or a text.
            return used is node
        case ast.Call(func=ast.Name(id=function)) if function in _READING and node in around.args:
            return source.symbols.module.bindings.get(function) is None
        case ast.Call(func=ast.Name() as function) if node in around.args:
            return _handed(function, around.args.index(node), None, source, depth)
        case ast.keyword(arg=str(keyword)):
            call = source.parents[around]
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                return _handed(call.func, None, keyword, source, depth)
    return False


def _handed(function: ast.Name, position: int | None, keyword: str | None, source: Source, depth: int) -> bool:
    """Whether a function of the module only looks at an argument."""
    match source.symbols.module.bindings.get(function.id):
        case [Bound(node=ast.FunctionDef() as definition)]:
            parameters = [name for name, _ in defaults(definition)]
            name = keyword if position is None else parameters[position] if position < len(parameters) else None
            return name in parameters and only_read(str(name), definition, source, depth + 1)
    return False


def is_constant_list(node: ast.expr) -> bool:
    """Whether an expression is a list of constants."""
    return isinstance(node, ast.List) and all(
        isinstance(element, ast.Constant)
        or (isinstance(element, ast.Tuple) and all(isinstance(part, ast.Constant) for part in element.elts))
        for element in node.elts
    )
