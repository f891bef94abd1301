"""Code that asks whether something is a `tf.Tensor` and no more: in graphs of TensorFlow 2, tensors are of a subclass."""

from __future__ import annotations

import ast
import re

from migrate.source import api
from migrate.source.strategies.bridge_limits import names_of
from migrate.source.unprovable import NO_EQUAL, Unprovable
from migrate.source.view import ModuleView

_MAY_ASK = re.compile(r"\btype\s*\(|__class__")
_NAMES_TENSOR = re.compile(r"\bTensor\b")


def refuse_exact_types(view: ModuleView) -> None:
    """Refuses a module in which `type(x) == tf.Tensor` would be false for each tensor of a graph.

    Args:
        view: The module.

    Raises:
        Unprovable: It asks that.
    """
    asked = view.symbols.once(refuse_exact_types, lambda: _asked(view))
    if asked is not None:
        reason = "it asks whether a type is tf.Tensor itself, which TensorFlow 2's tensors in graphs are not: use isinstance()"
        raise Unprovable(NO_EQUAL, reason, asked)


def _asked(view: ModuleView) -> ast.Compare | None:
    if not (_MAY_ASK.search(view.text) and _NAMES_TENSOR.search(view.text)):
        return None
    for node, name in names_of(view):
        if api.canonical(name) not in ("Tensor", "python.framework.ops.Tensor"):
            continue
        parent = view.parents[node]
        if isinstance(parent, (ast.Tuple, ast.List, ast.Set)):
            parent = view.parents[parent]
        if isinstance(parent, ast.Compare) and any(_is_type(one) for one in (parent.left, *parent.comparators)):
            return parent
    return None


def _is_type(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="type"), args=[_]) | ast.Attribute(attr="__class__"):
            return True
    return False
