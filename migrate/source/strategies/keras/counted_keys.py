"""Keys that are made of the place of a tensor among the inputs or outputs of a model: `"out_%d" % i`."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.flow import Region


@dataclass(frozen=True, slots=True, eq=False)
class CountedKey:
    """The key of each of several tensors.

    Attributes:
        key: The expression of the key.
        place: The name in it that is the number of the tensor.
        start: The number of the first.
    """

    key: ast.expr
    place: str
    start: int = 0

    def of_all(self, count: int) -> tuple[str, ...] | None:
        """The keys of so many tensors; None where they cannot be told, or two are the same."""
        keys = [_value(self.key, self.place, self.start + number) for number in range(count)]
        found = tuple(key for key in keys if isinstance(key, str))
        return found if len(set(found)) == count else None


def counts(key: ast.expr, place: str, region: Region) -> bool:
    """Whether a key is made of constants and of the place of the tensor, which it tells apart.

    Args:
        key: The expression of the key.
        place: The name of the place.
        region: The function or module it stands in.
    """
    for node in ast.walk(key):
        match node:
            case ast.Name(id=name) if name == place or (name == "str" and region.scope.owner("str") is None):
                continue
            case ast.Call(func=ast.Name(id="str"), args=[ast.expr()], keywords=[]):
                continue
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format"), keywords=[]):
                continue
            case ast.Attribute(value=ast.Constant(value=str()), attr="format") | ast.FormattedValue(format_spec=None):
                continue
            case ast.Constant() | ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()) | ast.Tuple():
                continue
            case ast.expr_context() | ast.operator():
                continue
        return False
    return any(isinstance(node, ast.Name) and node.id == place for node in ast.walk(key)) and not (
        isinstance(key, ast.Name)
    )


def _value(node: ast.expr, place: str, number: int) -> object:
    """What an expression that `counts` is for one place; None where that is not plain."""
    match node:
        case ast.Constant(value=str() | int() as value):
            return value
        case ast.Name(id=name) if name == place:
            return number
        case ast.JoinedStr(values=parts):
            return _joined([_value(part, place, number) for part in parts])
        case ast.FormattedValue(value=inner, conversion=-1):
            return _value(inner, place, number)
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            return _joined([_value(inner, place, number)])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _value(left, place, number), _value(right, place, number)
            if isinstance(one, int) and isinstance(other, int):
                return one + other
            return one + other if isinstance(one, str) and isinstance(other, str) else None
        case ast.BinOp(left=ast.Constant(value=str(form)), op=ast.Mod(), right=ast.expr() as right):
            given = _value(right, place, number)
            if form.count("%") == 1 and ("%s" in form or "%d" in form) and isinstance(given, int):
                return form % given
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(form)), attr="format"), args=[inner]):
            given = _value(inner, place, number)
            plain = form.count("{}") + form.count("{0}") == form.count("{") == form.count("}") == 1
            if plain and isinstance(given, int):
                return form.format(given)
    return None


def _joined(parts: list[object]) -> str | None:
    return None if None in parts else "".join(str(part) for part in parts)
