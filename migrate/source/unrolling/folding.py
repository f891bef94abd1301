"""What expressions over the targets of a loop come to in one of its rounds."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final


class _Unknown:
    """The value is only known at run time."""


UNKNOWN: Final = _Unknown()

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_SIGNS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_LARGE = 10**9
_LONG = 200


class Folding:
    """Works out expressions of numbers and texts.

    Args:
        given: The targets of the loop, with what they are.
        behind: The expression behind another name, if that is constant.
    """

    def __init__(self, given: Mapping[str, ast.expr], behind: Callable[[ast.Name], ast.expr | None]) -> None:
        self._given = given
        self._behind = behind

    def value(self, node: ast.expr) -> object:
        """The value of an expression; `UNKNOWN` where only a run tells."""
        try:
            return self._value(node)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            # It fails when it runs, too.
            return UNKNOWN

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name) if name in self._given:
                return self.value(self._given[name])
            case ast.Name():
                found = self._behind(node)
                return UNKNOWN if found is None else self.value(found)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                values = [self.value(element) for element in elements]
                return UNKNOWN if UNKNOWN in values else (tuple(values) if isinstance(node, ast.Tuple) else values)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.value(operand)
                return -inner if _is_number(inner) else UNKNOWN  # type: ignore[operator]
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.value(operand)
                return UNKNOWN if inner is UNKNOWN else not inner
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
                return self._computed(sign, self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _SIGNS:
                one, other = self.value(left), self.value(right)
                known = UNKNOWN not in (one, other)
                return _SIGNS[type(sign)](one, other) if known else UNKNOWN
            case ast.IfExp(test=test, body=body, orelse=orelse):
                truth = self.value(test)
                return UNKNOWN if truth is UNKNOWN else self.value(body if truth else orelse)
            case ast.Subscript(value=owner, slice=position) if not isinstance(position, ast.Slice):
                several, index = self.value(owner), self.value(position)
                known = isinstance(several, (list, tuple)) and type(index) is int
                return several[index] if known else UNKNOWN  # type: ignore[index]
            case ast.JoinedStr(values=parts):
                texts = [self._part(part) for part in parts]
                return UNKNOWN if UNKNOWN in texts else "".join(texts)
            case ast.Call():
                return self._called(node)
        return UNKNOWN

    def _computed(self, sign: ast.operator, one: Any, other: Any) -> Any:
        if UNKNOWN in (one, other):
            return UNKNOWN
        if isinstance(one, str) and isinstance(sign, (ast.Mod, ast.Add)):
            return _OPERATORS[type(sign)](one, other)
        if not (_is_number(one) and _is_number(other)) or max(abs(one), abs(other)) > _LARGE:
            return UNKNOWN
        if isinstance(sign, ast.Pow) and not 0 <= other <= 30:
            return UNKNOWN
        return _OPERATORS[type(sign)](one, other)

    def _part(self, part: ast.expr) -> Any:
        match part:
            case ast.Constant(value=str(text)):
                return text
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                inner = self.value(value)
                return UNKNOWN if inner is UNKNOWN else format(inner)
        return UNKNOWN

    def _called(self, call: ast.Call) -> Any:
        match call:
            case ast.Call(func=ast.Name(id="str" | "len" as name), args=[argument], keywords=[]):
                value = self.value(argument)
                if value is UNKNOWN:
                    return UNKNOWN
                return str(value) if name == "str" else len(value)  # type: ignore[arg-type]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
                if any(keyword.arg is None for keyword in call.keywords):
                    return UNKNOWN
                given = [self.value(argument) for argument in call.args]
                named = {str(keyword.arg): self.value(keyword.value) for keyword in call.keywords}
                return UNKNOWN if UNKNOWN in [*given, *named.values()] else text.format(*given, **named)
        return UNKNOWN


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_written(value: object) -> bool:
    """Whether a value can be written out, and means the same there."""
    if isinstance(value, tuple):
        return all(is_written(part) for part in value)
    return value is None or (isinstance(value, (int, float, str, bool)) and len(repr(value)) < _LONG)
