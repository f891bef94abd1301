"""Code that asks whether something is a `tf.Tensor` and no more: in graphs of TensorFlow 2, tensors are of a subclass."""

from __future__ import annotations

import ast
import re

from migrate.source import api
from migrate.source.strategies.bridge_limits import names_in
from migrate.source.symbols import Symbols
from migrate.source.unprovable import NO_EQUAL, Unprovable

_MAY_ASK = re.compile(r"\btype\s*\(|__class__")
_TENSOR = ("Tensor", "python.framework.ops.Tensor")
_NAMES_TENSOR = re.compile(r"\bTensor\b")


def refuse_exact_types(symbols: Symbols, text: str, where: str = "it") -> None:
    """Refuses a module in which `type(x) == tf.Tensor` would be false for each tensor of a graph.

    Args:
        symbols: Its names.
        text: Its code.
        where: What the reason calls it.

    Raises:
        Unprovable: It asks that.
    """
    asked = symbols.once(refuse_exact_types, lambda: _asked(symbols, text))
    if asked is not None:
        question = f"{where} asks whether a type is tf.Tensor itself"
        answer = "which TensorFlow 2's tensors in graphs are not: use isinstance()"
        raise Unprovable(NO_EQUAL, f"{question}, {answer}", asked if where == "it" else None)


def _asked(symbols: Symbols, text: str) -> ast.Compare | None:
    if not (_MAY_ASK.search(text) and _NAMES_TENSOR.search(text)):
        return None
    tensor = {node for node, name in names_in(symbols) if api.canonical(name) in _TENSOR}
    for node in ast.walk(symbols.tree):
        if isinstance(node, ast.Compare):
            compared = [node.left, *node.comparators]
            inner = [one for each in compared if isinstance(each, (ast.Tuple, ast.List, ast.Set)) for one in each.elts]
            if any(map(_is_type, compared)) and tensor.intersection([*compared, *inner]):
                return node
    return None


def _is_type(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="type"), args=[_]) | ast.Attribute(attr="__class__"):
            return True
    return False
