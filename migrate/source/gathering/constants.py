"""The values of a module's constants, where running it could give them no other."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from migrate.source import api
from migrate.source.symbols import Scope
from migrate.source.tree import Made, SourceTree, TreeModule

Constant = str | bytes | int | float | bool | tuple[Any, ...] | None
_LONGEST = 500
_DEPTH = 20
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


class NotConstant(Exception):
    """The value is only known when the program runs."""


def constant_of(tree: SourceTree, made: Made, depth: int = 0) -> Constant:
    """The value of what a module assigns once at its top level.

    Args:
        tree: The tree.
        made: The assignment.
        depth: How many names were followed.

    Raises:
        NotConstant: Where there is none.
    """
    if not isinstance(made.node, ast.Assign) or depth > _DEPTH:
        raise NotConstant
    value = _value(tree, made.module, made.node.value, depth)
    if len(repr(value)) > _LONGEST:
        raise NotConstant
    return value


def _value(tree: SourceTree, module: TreeModule, node: ast.expr, depth: int) -> Constant:
    scope: Scope = module.source.symbols.module
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | bytes() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            negative: Constant = -_number(_value(tree, module, operand, depth))
            return negative
        case ast.Tuple(elts=elements):
            return tuple(_value(tree, module, element, depth) for element in elements)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            one, two = _value(tree, module, left, depth), _value(tree, module, right, depth)
            if isinstance(one, str) and isinstance(two, str) and isinstance(op, ast.Add):
                return one + two
            try:
                result: Constant = _OPERATORS[type(op)](_number(one), _number(two))
            except (ArithmeticError, ValueError) as error:
                raise NotConstant from error
            return result
        case ast.Name() | ast.Attribute():
            name = module.source.symbols.resolve(node, scope)
            text = api.constant_value(name) if name else None
            if text is not None:
                return text
            found = tree.chain(module, node, scope)
            if isinstance(found, Made):
                return constant_of(tree, found, depth + 1)
    raise NotConstant


def _number(value: Constant) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise NotConstant
