"""Dtypes and static shapes of what datasets over NumPy arrays give, as far as the source tells them.

An array knows its dtype and its rank wherever it is made; which numbers are in it does not matter.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.source.flow import Definition

if TYPE_CHECKING:
    from migrate.source.specs import Specs

_DEEP = 20
_WITH_SIZE = {"uniform": 2, "normal": 2, "random": 0, "random_sample": 0, "standard_normal": 0}
"""Functions of `numpy.random` that give float64, and which argument is the size."""
_SAME = frozenset({"repeat", "shuffle", "prefetch", "take", "skip", "cache"})
_MADE = frozenset({"make_one_shot_iterator", "make_initializable_iterator"})
_DTYPES = frozenset({"float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16"})
_FLOATS = frozenset({"float16", "float32", "float64"})


@dataclass(frozen=True, slots=True)
class Element:
    """A dtype, and the sizes of the dimensions; None for one that is not known."""

    dtype: str
    sizes: tuple[int | None, ...]


_Elements = Element | tuple[Element | None, ...] | None
"""Of a dataset: one, several, or not known."""


class Elements:
    """Reads them off the expressions of a region.

    Args:
        specs: What reads the specs of the region's tensors.
    """

    def __init__(self, specs: Specs) -> None:
        self._specs = specs
        self._region = specs.region

    def of(self, node: ast.expr) -> Element | None:
        """What a name has that `iterator.get_next()` gave, alone or as one of several; None where it is not told."""
        made, path = self._behind(node)
        match made:
            case ast.Call(func=ast.Attribute(value=iterator, attr="get_next")):
                found = self._iterated(iterator)
                if isinstance(found, tuple):
                    return found[path[0]] if len(path) == 1 and len(found) > path[0] else None
                return found if not path else None
        return None

    def _behind(self, node: ast.expr) -> tuple[ast.expr, tuple[int, ...]]:
        """The expression behind a name, and which of its elements."""
        for _ in range(_DEEP):
            if not isinstance(node, ast.Name):
                break
            value = self._region.value_of.get(node)
            if not isinstance(value, Definition) or not value.known or value.previous is not None:
                break
            if value.expression is None:
                break
            if value.path:
                return value.expression, value.path
            node = value.expression
        return node, ()

    def _iterated(self, node: ast.expr) -> _Elements:
        made, path = self._behind(node)
        match made:
            case ast.Call(func=ast.Attribute(value=dataset, attr=method), args=[]) if method in _MADE and not path:
                return self._dataset(dataset)
            case ast.Call(func=function, args=[dataset]) if not path and (
                (self._region.resolve(function) or "").rpartition(".")[2] in _MADE
            ):
                return self._dataset(dataset)
        return None

    def _dataset(self, node: ast.expr, depth: int = 0) -> _Elements:
        made, path = self._behind(node)
        if path or depth > _DEEP:
            return None
        match made:
            case ast.Call(func=ast.Attribute(attr="from_tensor_slices") as function, args=[given], keywords=[]) if (
                self._region.resolve(function) == "data.Dataset.from_tensor_slices"
            ):
                return tuple(map(self._slice, given.elts)) if isinstance(given, ast.Tuple) else self._slice(given)
            case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _SAME:
                return self._dataset(inner, depth + 1)
            case ast.Call(func=ast.Attribute(value=inner, attr="batch"), args=[_], keywords=[]):
                found = self._dataset(inner, depth + 1)
                return tuple(map(_batch, found)) if isinstance(found, tuple) else _batch(found)
        return None

    def _slice(self, node: ast.expr) -> Element | None:
        array = self._array(node)
        if array is None or not array.sizes or None in array.sizes[1:]:
            return None
        return Element(array.dtype, array.sizes[1:])

    # ---- arrays ----------------------------------------------------------------------------------------------

    def _array(self, node: ast.expr, depth: int = 0) -> Element | None:
        made, path = self._behind(node)
        if path or depth > _DEEP:
            return None
        match made:
            case ast.Call(func=ast.Attribute(value=inner, attr="astype"), args=[dtype], keywords=[]):
                found, name = self._array(inner, depth + 1), self._dtype(dtype)
                return Element(name, found.sizes) if found is not None and name is not None else None
            case ast.Call(func=ast.Attribute(value=inner, attr="reshape"), args=args, keywords=[]) if args and (
                self._numpy(made) is None
            ):
                return self._shaped(self._array(inner, depth + 1), args[0] if len(args) == 1 else ast.Tuple(args))
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
                return self._computed(left, right, depth)
            case ast.Call():
                return self._made(made, depth)
        return None

    def _made(self, call: ast.Call, depth: int) -> Element | None:
        """What a function of NumPy makes."""
        name = self._numpy(call) or ""
        function = name.rpartition(".")[2]
        if name == "reshape" and len(call.args) == 2:
            return self._shaped(self._array(call.args[0], depth + 1), call.args[1])
        if name in ("random.rand", "random.randn") and not call.keywords:
            return self._shaped(Element("float64", ()), ast.Tuple(call.args))
        if name.startswith("random.") and function in _WITH_SIZE:
            return self._shaped(Element("float64", ()), _argument(call, "size", _WITH_SIZE[function]))
        if name in ("zeros", "ones"):
            given = _argument(call, "dtype", 1)
            dtype = "float64" if given is None else self._dtype(given)
            shape = _argument(call, "shape", 0)
            return self._shaped(Element(dtype, ()), shape) if dtype is not None else None
        return None

    def _computed(self, left: ast.expr, right: ast.expr, depth: int) -> Element | None:
        """An array of floats and a number, or another of the same dtype and shape."""
        numbers = [isinstance(one, ast.Constant) and type(one.value) in (int, float) for one in (left, right)]
        found = [self._array(one, depth + 1) for one, number in zip((left, right), numbers, strict=True) if not number]
        if not found or found[0] is None or found[0].dtype not in _FLOATS:
            return None
        if len(found) == 2 and (found[0] != found[1] or None in found[0].sizes):
            return None
        return found[0]

    def _shaped(self, array: Element | None, shape: ast.expr | None) -> Element | None:
        if array is None or shape is None:
            return None
        sizes: list[int | None] = []
        for one in shape.elts if isinstance(shape, (ast.Tuple, ast.List)) else [shape]:
            shown = one.operand if isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.USub) else one
            if not isinstance(shown, ast.Constant) or type(shown.value) is not int:
                return None
            sizes.append(None if shown is not one else shown.value)
        return Element(array.dtype, tuple(sizes))

    def _numpy(self, call: ast.Call) -> str | None:
        qualified = self._region.symbols.qualified(call.func, self._region.scope)
        return qualified.removeprefix("numpy.") if qualified is not None and qualified.startswith("numpy.") else None

    def _dtype(self, node: ast.expr) -> str | None:
        name = self._region.symbols.qualified(node, self._region.scope)
        text = node.value if isinstance(node, ast.Constant) else (name or "").removeprefix("numpy.")
        return str(text) if text in _DTYPES else None


def _batch(one: Element | None) -> Element | None:
    return Element(one.dtype, (None, *one.sizes)) if one is not None else None


def _argument(call: ast.Call, keyword: str, position: int) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((given.value for given in call.keywords if given.arg == keyword), None)
