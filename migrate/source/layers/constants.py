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


_WRITTEN = (str, int)
"""What is written into a text in the same way everywhere."""


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
                if isinstance(one, str) and isinstance(other, str) and isinstance(binary, ast.Add):
                    return one + other
                return UNKNOWN_VALUE
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return _formatted(self.value(left, depth + 1), self.value(right, depth + 1))
            case ast.JoinedStr(values=parts):
                texts = [text for part in parts if isinstance(text := self._part(part, depth), str)]
                return "".join(texts) if len(texts) == len(parts) else UNKNOWN_VALUE
            case ast.Call(func=ast.Attribute(value=template, attr="format"), args=arguments, keywords=[]):
                values = [self.value(argument, depth + 1) for argument in arguments]
                return _filled(self.value(template, depth + 1), values)
            case ast.Call(func=ast.Name(id="str"), args=[argument], keywords=[]) if self._is_pythons("str"):
                inner = self.value(argument, depth + 1)
                return str(inner) if isinstance(inner, _WRITTEN) else UNKNOWN_VALUE
            case ast.Call(func=ast.Name(id="len"), args=[argument], keywords=[]) if self._is_pythons("len"):
                several = self.value(argument, depth + 1)
                return len(several) if isinstance(several, tuple) else UNKNOWN_VALUE
            case ast.Name():
                source = self.source(node)
                return UNKNOWN_VALUE if source is node else self.value(source, depth + 1)
        return UNKNOWN_VALUE

    def _is_pythons(self, name: str) -> bool:
        """Whether a name is Python's own."""
        return self._region.scope.owner(name) is None

    def _part(self, part: ast.expr, depth: int) -> object:
        match part:
            case ast.Constant(value=str(text)):
                return text
            case ast.FormattedValue(value=node, conversion=-1, format_spec=None):
                value = self.value(node, depth + 1)
                return str(value) if isinstance(value, _WRITTEN) else UNKNOWN_VALUE
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


def _formatted(template: object, values: object) -> object:
    """What `template % values` is."""
    several = values if isinstance(values, tuple) else (values,)
    if isinstance(template, int) and isinstance(values, int) and values:
        return template % values
    if not isinstance(template, str) or not all(isinstance(value, _WRITTEN) for value in several):
        return UNKNOWN_VALUE
    try:
        return template % several
    except (TypeError, ValueError):
        return UNKNOWN_VALUE


def _filled(template: object, values: list[object]) -> object:
    """What `template.format(*values)` is."""
    if not isinstance(template, str) or not all(isinstance(value, _WRITTEN) for value in values):
        return UNKNOWN_VALUE
    try:
        return template.format(*values)
    except (IndexError, KeyError, ValueError, AttributeError, TypeError):
        return UNKNOWN_VALUE
