"""What is read and has another answer under TF2, or at another time: versions, names of the module."""

from __future__ import annotations

import ast

from migrate.source.behind import calls_behind
from migrate.source.changed_behind import changed_behind
from migrate.source.flow import Outer, Region
from migrate.source.in_place import declared_global
from migrate.source.kinds import Kinds
from migrate.source.symbols import Assigned
from migrate.source.syntax import walk
from migrate.source.unprovable import ELSEWHERE, NO_EQUAL, Unprovable


def is_static(node: ast.expr) -> bool:
    """Whether an expression is about a tensor's static shape, dtype or name, which are plain Python."""
    for child in walk(node):
        if isinstance(child, ast.Attribute) and child.attr in (
            "shape",
            "get_shape",
            "dtype",
            "name",
            "as_list",
            "ndims",
        ):
            return True
    return False


def refuse_version_tests(node: ast.AST, region: Region) -> None:
    """What asks which TensorFlow this is gets another answer under TF2."""
    match node:
        case ast.Attribute(attr="__version__" | "VERSION" | "GIT_VERSION" as attribute):
            symbols = region.symbols
            if symbols.resolve(node, symbols.module) is not None or region.resolve(node) is not None:
                raise Unprovable(NO_EQUAL, f"it depends on TensorFlow's {attribute}", node)
        case ast.Call(func=ast.Name(id="hasattr" | "getattr"), args=[subject, *_]):
            if region.symbols.resolve(subject, region.symbols.module) is not None:
                raise Unprovable(NO_EQUAL, "it looks a part of TensorFlow up by name", node)


def refuse_outer(value: Outer, node: ast.Name, kinds: Kinds) -> None:
    """Refuses names of the module that are tensors, change, or tell of TensorFlow's version."""
    if declared_global(value.name, kinds.region.symbols):
        raise Unprovable(ELSEWHERE, f"'{value.name}' is set by a function of the file", node)
    region = kinds.region
    if region.value_of.get(node) == value and changed_behind(node, region.scope.node, node, region):
        raise Unprovable(ELSEWHERE, f"'{value.name}' is changed after the graph is built from it", node)
    for binding in kinds.region.symbols.module.bindings.get(value.name, []):
        if isinstance(binding, Assigned):
            for part in walk(binding.value):
                refuse_version_tests(part, kinds.region)
        if isinstance(binding, Assigned) and _builds_tensor(binding.value, kinds):
            raise Unprovable(ELSEWHERE, f"'{value.name}' is made outside this function", node)


def _builds_tensor(expression: ast.expr, kinds: Kinds) -> bool:
    """Whether an expression of the module makes tensors, by functions and classes of the file, too."""
    symbols = kinds.region.symbols
    names = (symbols.resolve(call.func, scope) for call, scope in calls_behind(expression, symbols))
    return any(name is not None and kinds.tensorflow_in_helper(name) for name in names)
