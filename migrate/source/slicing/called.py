"""Calls in a graph's code: what may be called, and by whom."""

from __future__ import annotations

import ast
import builtins

from migrate.source.flow import Definition, Outer, Parameter, Region
from migrate.source.kinds import IN_GRAPH, Kind, Kinds, header
from migrate.source.syntax import walk
from migrate.source.unprovable import ELSEWHERE, Unprovable

_CALLED_BY_TENSORFLOW = {
    "map_fn": ((0, "fn"),),
    "foldl": ((0, "fn"),),
    "foldr": ((0, "fn"),),
    "scan": ((0, "fn"),),
    "cond": ((1, "true_fn"), (2, "false_fn")),
    "while_loop": ((0, "cond"), (1, "body")),
}
"""Arguments that are functions, by position and keyword."""
_CALLED_BY_PYTHON = {"map": ((0, "func"),), "filter": ((0, "function"),)}
_PLAIN_MODULES = frozenset(
    {"numpy", "math", "collections", "os", "json", "time", "datetime", "argparse", "random", "re"}
)
"""Modules whose objects build no graph."""
_PLAIN_BUILTINS = frozenset({"dict", "list", "set", "frozenset", "tuple", "str", "bytes", "int", "float", "range", "zip",
                             "enumerate", "sorted", "reversed", "map", "filter", "open", "iter"})  # fmt: skip


def refuse_functions(name: str | None, call: ast.Call, kinds: Kinds) -> None:
    """Refuses functions of other modules where TensorFlow or Python calls them."""
    region = kinds.region
    if name is None and isinstance(call.func, ast.Name) and region.scope.owner(call.func.id) is None:
        places: tuple[tuple[int, str], ...] = _CALLED_BY_PYTHON.get(call.func.id, ())
    else:
        places = _CALLED_BY_TENSORFLOW.get(name or "", ())
    for position, keyword in places:
        given = next((k.value for k in call.keywords if k.arg == keyword), None)
        if given is None and position < len(call.args):
            given = call.args[position]
        while isinstance(given, ast.Name):
            value = region.value_of.get(given)
            if not isinstance(value, Definition) or not value.known or value.expression is None:
                break
            given = value.expression
        if given is None or isinstance(given, (ast.Lambda, ast.Constant)) or kinds.of(given) in IN_GRAPH:
            continue
        if region.resolve(given) is not None or region.function(given) is not None:
            continue
        if isinstance(given, ast.Name) and region.scope.owner(given.id) is None and hasattr(builtins, given.id):
            # Python's own.
            continue
        raise Unprovable(ELSEWHERE, f"{ast.unparse(given)} is not a function of this file", given)


def is_foreign(function: ast.expr, kinds: Kinds) -> bool:
    """Whether an attribute call goes to another module (`model.inference(x)`), not to a tensor's method."""
    region = kinds.region
    base = function
    while isinstance(base, ast.Attribute):
        base = base.value
    if isinstance(base, ast.Call) and kinds.of(base) not in IN_GRAPH and kinds.symbol(base) is None:
        return _is_class(base.func, kinds.region)
    if not isinstance(base, ast.Name):
        return False
    value = region.value_of.get(base)
    qualified = region.symbols.qualified(function, region.scope) or ""
    if qualified.partition(".")[0] in ("numpy", "math"):
        return False
    if isinstance(value, Definition) and base is not function and _is_object(value, kinds):
        return True
    return isinstance(value, (Outer, Parameter)) and kinds.symbol(ast.Call(function, [], [])) is None


def where_from(function: ast.expr, kinds: Kinds) -> str:
    """What is to be said of a call that goes elsewhere: to a module, or to a method."""
    base = function
    while isinstance(base, ast.Attribute):
        base = base.value
    region = kinds.region
    method = function.attr if isinstance(function, ast.Attribute) else ""
    owned = [
        one
        for node in region.symbols.nodes_of_kind(ast.ClassDef)
        for one in node.body
        if isinstance(one, ast.FunctionDef) and one.name == method
    ]
    if isinstance(base, ast.Name) and isinstance(region.value_of.get(base), Parameter):
        where = "of a class of this file" if owned else "that is not defined in this file"
        return f"is a method {where}, and not read at its call"
    return "comes from another module"


def _is_object(value: Definition, kinds: Kinds) -> bool:
    """Whether a value is an object of some class, whose methods may build a graph of their own."""
    if kinds.value(value) is not Kind.PYTHON or not isinstance(value.expression, ast.Call):
        return False
    return _is_class(value.expression.func, kinds.region)


def _is_class(made: ast.expr, region: Region) -> bool:
    """Whether calling this may make an object of a class that is not Python's own."""
    root = made
    while isinstance(root, (ast.Attribute, ast.Call, ast.Subscript)):
        root = root.func if isinstance(root, ast.Call) else root.value
    name = region.symbols.qualified(made, region.scope) or ""
    if name.partition(".")[0] in _PLAIN_MODULES:
        return False
    if not isinstance(root, ast.Name):
        return False
    # `getattr(models, name)()` may be anything; `dict()` may not.
    return region.scope.owner(root.id) is not None or root.id not in _PLAIN_BUILTINS


def shape_is_read(call: ast.Call, region: Region) -> bool:
    """Whether Python code looks at the shape of a placeholder, which its default may know better."""
    for step in region.steps:
        for part in header(step):
            for node in walk(part):
                if (
                    isinstance(node, ast.Attribute)
                    and node.attr in ("shape", "get_shape")
                    and isinstance(node.value, ast.Name)
                ):
                    value = region.value_of.get(node.value)
                    if isinstance(value, Definition) and value.expression is call:
                        return True
    return False
