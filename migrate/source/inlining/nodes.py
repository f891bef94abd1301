"""Small questions about syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.inlining.classes import PlainClass
from migrate.source.inlining.text import Source
from migrate.source.syntax import children, walk


def lines_with_name(source: Source, statement: ast.stmt, node: ast.expr, name: str) -> list[str]:
    """The lines of a statement with a name in the place of a call."""
    assert statement.end_lineno is not None
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    before = source.lines[node.lineno - 1][: source.column(node.lineno, node.col_offset)]
    after = source.lines[node.end_lineno - 1][source.column(node.end_lineno, node.end_col_offset) :]
    return [
        *source.lines[statement.lineno - 1 : node.lineno - 1],
        before + name + after,
        *source.lines[node.end_lineno : statement.end_lineno],
    ]


def reached_methods(function: ast.FunctionDef, cls: PlainClass) -> list[ast.FunctionDef]:
    """A method and the methods of its object that it may call, directly or not."""
    found = [function]
    for current in found:
        for node in walk(current):
            if isinstance(node, ast.Attribute):
                found += [
                    one.methods[node.attr]
                    for one in cls.lineage()
                    if node.attr in one.methods and one.methods[node.attr] not in found
                ]
    return found


def sets(node: ast.AST, attribute: str, name: str | None) -> bool:
    """Whether a node sets an attribute, of one object if there is a name."""
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=found, ctx=ast.Store()):
            return found == attribute and name in (None, owner)
    return False


_NAMING = frozenset({ast.Name, ast.arg, ast.FunctionDef, ast.ClassDef, ast.ExceptHandler, ast.alias})


def identifiers_of(node: ast.AST) -> set[str]:
    """The names that a node itself mentions or binds."""
    if node.__class__ not in _NAMING:
        return set()
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            return {name}
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.ExceptHandler(name=str(name)):
            return {name}
        case ast.alias(name=name, asname=asname):
            return {(asname or name).partition(".")[0]}
    return set()


def identifiers(root: ast.AST) -> set[str]:
    """The names that are mentioned or bound anywhere below a node."""
    return {name for node in walk(root) for name in identifiers_of(node)}


def defaults(function: ast.FunctionDef) -> list[tuple[str, ast.expr | None]]:
    """The parameters of a function with their defaults."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = list(zip([a.arg for a in positional], [*missing, *arguments.defaults], strict=True))
    pairs = pairs[1:] if pairs and pairs[0][0] == "self" else pairs
    return [*pairs, *zip([a.arg for a in arguments.kwonlyargs], arguments.kw_defaults, strict=True)]


def returns_of(function: ast.FunctionDef) -> list[ast.Return]:
    """The return statements of a function, without those of functions inside it."""
    found: list[ast.Return] = []
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return):
            found.append(node)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending += children(node)
    return found


_WITHOUT_BLOCKS = (ast.Assign, ast.Expr, ast.Return, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
"""The commonest simple statements, and what is code of its own."""


def own_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block and of the blocks in it, without those of functions inside it."""
    for statement in body:
        yield statement
        if isinstance(statement, _WITHOUT_BLOCKS):
            continue
        for part in ("body", "orelse", "finalbody"):
            yield from own_statements(getattr(statement, part, []))
        for handler in getattr(statement, "handlers", []):
            yield from own_statements(handler.body)


def evaluated(statement: ast.stmt) -> list[ast.expr]:
    """The calls and attributes that a statement evaluates itself, in the order they end: arguments before calls."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return []
    found: list[ast.expr] = []
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Call, ast.Attribute)):
            found.append(node)
        pending += [
            child for child in children(node) if not isinstance(child, (ast.stmt, ast.Lambda, ast.ExceptHandler))
        ]
    return sorted(found, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0))


def super_of(call: ast.Call) -> tuple[str, str] | None:
    """The class and the object's name of `super(Class, name)`."""
    match call:
        case ast.Call(func=ast.Name(id="super"), args=[ast.Name(id=cls), ast.Name(id=name)]):
            return cls, name
    return None


def is_decorated(function: ast.FunctionDef, decorator: str) -> bool:
    """Whether a function has a decorator, by its text."""
    return any(ast.unparse(one) == decorator for one in function.decorator_list)


def in_loop(source: Source, node: ast.AST, region: ast.AST) -> bool:
    """Whether a node stands in a loop of a function."""
    while node is not region:
        node = source.parents[node]
        if isinstance(node, (ast.For, ast.While)):
            return True
    return False


def block_of(parent: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    """The statements among which a statement stands."""
    for part in ("body", "orelse", "finalbody"):
        block = getattr(parent, part, [])
        if isinstance(block, list) and statement in block:
            return block
    return [statement]


def stands_in(source: Source, node: ast.AST, around: ast.AST) -> bool:
    """Whether a node stands below another."""
    while node is not around:
        if node not in source.parents:
            return False
        node = source.parents[node]
    return True


def read_in_functions(source: Source, name: str, but: ast.AST) -> bool:
    """Whether a function of the module, other than one, uses a name."""
    return any(
        name in identifiers(node)
        for node in walk(source.tree)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)) and node is not but
    )


def is_constant(node: ast.expr) -> bool:
    """A constant, or a tuple of constants."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Tuple) and all(is_constant(e) for e in node.elts))


def calls_nothing(node: ast.expr) -> bool:
    """Whether evaluating an expression calls nothing."""
    return not any(isinstance(inner, (ast.Call, ast.Await, ast.Yield)) for inner in walk(node))
