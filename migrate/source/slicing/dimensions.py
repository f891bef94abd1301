"""Static shapes, whose dimensions are objects in TF1, and numbers or None in TF2."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from migrate.source.flow import Region
from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import children, walk
from migrate.source.unprovable import NO_EQUAL, Unprovable

_OF_SHAPES = frozenset({"value", "as_list", "ndims", "dims", "is_fully_defined", "assert_is_compatible_with", "rank",
                        "num_elements"})  # fmt: skip
_TOLD = frozenset({"print", "info", "debug", "warning", "warn", "error", "critical", "exception", "log", "pprint"})
"""Calls that tell people something."""


def refuse_dimensions(root: ast.AST, scope: Scope, region: Region) -> None:
    """Refuses uses of static shapes that mean something else under TF2.

    `x.shape[1].value`, `int(x.shape[1])`, `.as_list()` and arguments of TensorFlow's functions mean the same. What
    compares, tests, prints or iterates over dimensions may not: TF1's are objects, and never None.

    Args:
        root: The code; what it gives a name is followed through all of its scope.
        scope: Its scope.
        region: The region.

    Raises:
        Unprovable: There is such a use.
    """
    node = odd_dimension(root, scope, region.symbols)
    if node is not None:
        reason = "a static shape is used in a way that differs: TF1's dimensions are objects"
        raise Unprovable(NO_EQUAL, reason, node)


def odd_dimension(root: ast.AST, scope: Scope, symbols: Symbols) -> ast.expr | None:
    """The first use of a static shape, or of what has its name from one, that TF1 answers in another way than TF2.

    Args:
        root: Where shapes are looked for.
        scope: Its scope, in which names are followed.
        symbols: The module's names.
    """
    parents = {child: parent for parent in walk(root) for child in children(parent)}
    shapes: list[tuple[ast.expr, Mapping[ast.AST, ast.AST]]] = [
        (node, parents) for node in _shapes(root, scope, parents, symbols)
    ]
    if not shapes:
        return None
    whole: dict[ast.AST, ast.AST] = {}
    followed: set[str] = set()
    for node, above in shapes:
        current = _outermost(node, above, root)
        parent = above.get(current)
        if not _plain_use(current, parent, scope, symbols):
            if above is whole and _is_told(current, above):
                continue
            return node
        match parent:
            case ast.Assign(targets=[ast.Name(id=name)]) if name not in followed:
                followed.add(name)
                whole = whole or {child: one for one in walk(scope.node) for child in children(one)}
                shapes += [(read, whole) for read in _reads(name, scope)]
    return None


def _shapes(
    root: ast.AST, scope: Scope, parents: Mapping[ast.AST, ast.AST], symbols: Symbols
) -> Iterator[ast.Attribute | ast.Call]:
    """The expressions of shapes."""
    for node in walk(root):
        match node:
            case ast.Attribute(attr="shape", ctx=ast.Load()) if not isinstance(parents.get(node), ast.keyword):
                if symbols.qualified(node, scope) is None:
                    yield node
            case ast.Call(func=ast.Attribute(attr="get_shape")):
                yield node


def _reads(name: str, scope: Scope) -> Iterator[ast.Name]:
    """Where a name is read in a scope."""
    for node in walk(scope.node):
        match node:
            case ast.Name(id=other, ctx=ast.Load()) if other == name:
                yield node


def _outermost(node: ast.AST, parents: Mapping[ast.AST, ast.AST], root: ast.AST) -> ast.AST:
    """The expression of dimensions around a shape: an item, a list of some, a sum."""
    current = node
    while (parent := parents.get(current)) is not None and parent is not root:
        match parent:
            case ast.Subscript(value=value) if value is not current:
                break
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()) if "%s" in text or "%r" in text:
                break
            case ast.Subscript() | ast.List() | ast.Tuple() | ast.Starred() | ast.BinOp() | ast.UnaryOp():
                if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
                    break
                current = parent
            case _:
                break
    return current


def _is_told(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether something is only printed, logged or part of an error."""
    current: ast.AST | None = node
    while (current := parents.get(current)) is not None if current is not None else False:
        match current:
            case ast.Raise() | ast.Assert():
                return True
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _TOLD:
                return True
    return False


def _plain_use(node: ast.AST, parent: ast.AST | None, scope: Scope, symbols: Symbols) -> bool:
    match parent:
        case ast.Attribute(attr=attribute):
            return attribute in _OF_SHAPES
        case ast.Call(func=function):
            if node is function:
                return True
            match function:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    pass
                case _:
                    name = ""
            return (
                name in ("int", "len", "reshape", "set_shape")
                or symbols.resolve(function, scope) is not None
                or (symbols.qualified(function, scope) or "").startswith("numpy.")
            )
        case ast.keyword() | ast.Expr():
            return True
        case ast.Assign(value=value, targets=[target, *_]):
            # A name for a dimension, or for a shape: as a number it is used as one.
            return value is node and not isinstance(node, ast.Tuple) and not isinstance(target, (ast.Tuple, ast.List))
        case ast.Compare(left=left, comparators=comparators, ops=operators):
            others = [part for part in [left, *comparators] if part is not node]
            # `!=` is never true of an unknown dimension of TF1.
            return all(isinstance(part, ast.Constant) and isinstance(part.value, int) for part in others) and not any(
                isinstance(operator, (ast.Is, ast.IsNot, ast.In, ast.NotIn, ast.NotEq)) for operator in operators
            )
    return False
