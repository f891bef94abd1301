"""What is read and has another answer under TF2, or at another time: static shapes, versions, names of the module."""

from __future__ import annotations

import ast

from migrate.source.behind import calls_behind
from migrate.source.flow import Outer, Region
from migrate.source.in_place import declared_global
from migrate.source.kinds import Kinds
from migrate.source.symbols import Assigned, Scope
from migrate.source.syntax import children, walk
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


def refuse_dimensions(root: ast.AST, scope: Scope, region: Region) -> None:
    """Refuses uses of static shapes that mean something else under TF2.

    `x.shape[1].value`, `int(x.shape[1])`, `.as_list()` and arguments of TensorFlow's functions mean the same. What
    compares, tests, prints or iterates over dimensions may not: TF1's are objects, and never None.
    """
    parents = {child: parent for parent in walk(root) for child in children(parent)}
    for node in walk(root):
        match node:
            case ast.Attribute(attr="shape", ctx=ast.Load()) if not isinstance(parents.get(node), ast.keyword):
                current: ast.AST = node
            case ast.Call(func=ast.Attribute(attr="get_shape")):
                current = node
            case _:
                continue
        qualified = region.symbols.qualified(node, scope) if isinstance(node, ast.Attribute) else None
        if qualified is not None:
            continue
        parent = parents.get(current)
        while (
            isinstance(parent, (ast.Subscript, ast.List, ast.Tuple, ast.Starred, ast.BinOp, ast.UnaryOp))
            and parent is not root
        ):
            if isinstance(parent, ast.Subscript) and parent.value is not current:
                break
            current, parent = parent, parents.get(parent)
        if not _plain_use(current, parent, scope, region):
            raise Unprovable(
                NO_EQUAL, "a static shape is used in a way that differs: TF1's dimensions are objects", node
            )


def _plain_use(node: ast.AST, parent: ast.AST | None, scope: Scope, region: Region) -> bool:
    match parent:
        case ast.Attribute(attr=attribute):
            return attribute in (
                "value",
                "as_list",
                "ndims",
                "dims",
                "is_fully_defined",
                "assert_is_compatible_with",
                "rank",
                "num_elements",
            )
        case ast.Call(func=function):
            if node is function:
                return True
            name = (
                function.id
                if isinstance(function, ast.Name)
                else function.attr
                if isinstance(function, ast.Attribute)
                else ""
            )
            return (
                name in ("int", "len", "reshape", "set_shape")
                or region.symbols.resolve(function, scope) is not None
                or ((region.symbols.qualified(function, scope) or "").startswith("numpy."))
            )
        case ast.keyword():
            return True
        case ast.Assign(value=value) | ast.Return(value=value):
            # A name for a dimension, or for a shape: as a number it is used as one.
            return (
                value is node
                and not isinstance(node, (ast.Tuple,))
                and not isinstance(parent.targets[0], (ast.Tuple, ast.List))
                if isinstance(parent, ast.Assign)
                else False
            )
        case ast.Compare(comparators=comparators, ops=operators):
            others = [part for part in [parent.left, *comparators] if part is not node]
            return all(isinstance(part, ast.Constant) and isinstance(part.value, int) for part in others) and not any(
                isinstance(operator, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for operator in operators
            )
    return False


def refuse_outer(value: Outer, node: ast.Name, kinds: Kinds) -> None:
    """Refuses names of the module that are tensors, change, or tell of TensorFlow's version."""
    if declared_global(value.name, kinds.region.symbols):
        raise Unprovable(ELSEWHERE, f"'{value.name}' is set by a function of the file", node)
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
