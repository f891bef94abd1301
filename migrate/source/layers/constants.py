"""Plain Python values that the source spells out: numbers, texts, and tuples of them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Final

from migrate.source.flow import Definition, Outer, Region
from migrate.source.symbols import Assigned


class _Unknown:
    """The value is only known at run time."""


UNKNOWN_VALUE: Final = _Unknown()

_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


class Constants:
    """Reads constants through names that are bound once."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def value(self, node: ast.expr, depth: int = 0) -> object:
        """The value of an expression, lists as tuples; `UNKNOWN_VALUE` where only a run tells."""
        if depth > 20:
            return UNKNOWN_VALUE
        match node:
            case ast.Constant(value=value):
                return value
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                found = tuple(self.value(element, depth + 1) for element in elements)
                return UNKNOWN_VALUE if UNKNOWN_VALUE in found else found
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.value(operand, depth + 1)
                return -inner if isinstance(inner, (int, float)) else UNKNOWN_VALUE
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.value(operand, depth + 1)
                return not inner if isinstance(inner, bool) else UNKNOWN_VALUE
            case ast.BinOp(left=left, op=binary, right=right) if type(binary) in _OPERATORS:
                one, other = self.value(left, depth + 1), self.value(right, depth + 1)
                if isinstance(one, str) and isinstance(other, str) and isinstance(binary, ast.Add):
                    return one + other
                if isinstance(one, int) and isinstance(other, int) and other:
                    return _OPERATORS[type(binary)](one, other)
                return UNKNOWN_VALUE
            case ast.Call(func=ast.Name(id="len"), args=[argument], keywords=[]):
                several = self.value(argument, depth + 1)
                return len(several) if isinstance(several, tuple) else UNKNOWN_VALUE
            case ast.Name():
                source = self.source(node)
                return UNKNOWN_VALUE if source is node else self.value(source, depth + 1)
        return UNKNOWN_VALUE

    def source(self, node: ast.expr) -> ast.expr:
        """The expression behind a name that is bound once and never changed; the expression itself elsewhere."""
        seen = 0
        while isinstance(node, ast.Name) and seen < 20:
            seen += 1
            behind = self._behind(node)
            if behind is None:
                break
            node = behind
        return node

    def _behind(self, node: ast.Name) -> ast.expr | None:
        value = self._region.value_of.get(node)
        if isinstance(value, Definition):
            if not value.known or value.previous is not None or value.expression is None or value.path:
                return None
            return self._unchanged(value.name, value.expression)
        if not isinstance(value, Outer):
            return None
        match self._region.symbols.module.bindings.get(value.name):
            case [Assigned(value=expression)]:
                return self._unchanged(value.name, expression)
        return None

    def _unchanged(self, name: str, expression: ast.expr) -> ast.expr | None:
        """An expression that a name is bound to; None for a list that some statement may change."""
        if not isinstance(expression, (ast.List, ast.Dict)):
            return expression
        for node in ast.walk(self._region.symbols.tree):
            match node:
                case ast.Attribute(value=ast.Name(id=found)) | ast.AugAssign(target=ast.Name(id=found)) if (
                    found == name
                ):
                    return None
                case ast.Subscript(value=ast.Name(id=found), ctx=ast.Store() | ast.Del()) if found == name:
                    return None
        return expression
