"""What statements and conditions do, whatever the names in them mean."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.symbols import ComprehensionNode
from migrate.source.syntax import children, walk

LOOPS = (ast.For, ast.AsyncFor, ast.While)
WITHS = (ast.With, ast.AsyncWith)
TRIES = (ast.Try, ast.TryStar)

CHANGING_METHODS = frozenset(
    {
        "append",
        "extend",
        "insert",
        "update",
        "setdefault",
        "add",
        "pop",
        "remove",
        "clear",
        "sort",
        "reverse",
        "set_shape",
        "fill",
        "resize",
        "put",
        "itemset",
        "popitem",
        "discard",
    }
)


def parts(test: ast.expr, holds: bool) -> Iterator[tuple[ast.expr, bool]]:
    """The simple conditions that follow from a condition."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from parts(operand, not holds)
        case ast.BoolOp(op=ast.And(), values=values) if holds:
            for part in values:
                yield from parts(part, True)
        case ast.BoolOp(op=ast.Or(), values=values) if not holds:
            for part in values:
                yield from parts(part, False)
        case _:
            yield test, holds


def leaves_loop(loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether a loop has a `break` or `continue` of its own, or is left by `return`."""
    pending: list[ast.AST] = list(loop.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Break, ast.Continue, ast.Return)):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            pending += [child for child in walk(node) if isinstance(child, ast.Return)]
            continue
        pending += children(node)
    return False


def root_name(node: ast.expr) -> str | None:
    """The name at which attributes and items begin."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def exits(statement: ast.stmt) -> bool:
    """Whether a statement leaves the program: `sys.exit()`, `exit()`, `os._exit()`."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="sys" | "os"), attr="exit" | "_exit"))):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="exit" | "quit"))):
            return True
    return False


def assigned(statement: ast.stmt) -> set[str]:
    """The names a loop may give a new value."""
    names: set[str] = set()
    for node in walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.add(name)
            case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                base: ast.expr = node
                while isinstance(base, (ast.Attribute, ast.Subscript)):
                    base = base.value
                if isinstance(base, ast.Name):
                    names.add(base.id)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in CHANGING_METHODS:
                names.add(name)
    return names


def comprehension_names(node: ComprehensionNode) -> frozenset[str]:
    """The names that a comprehension binds."""
    return frozenset(
        child.id for generator in node.generators for child in walk(generator.target) if isinstance(child, ast.Name)
    )
