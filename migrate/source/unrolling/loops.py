"""Which loops of a region can be written out: those that make variables, a number of times that the source tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.source.kinds import Kind, Kinds
from migrate.source.layers.constants import Constants
from migrate.source.layers.names import is_layer
from migrate.source.syntax import walk

_ROUNDS = 8
_LINES = 160
_READING = frozenset(
    {"len", "enumerate", "zip", "range", "sum", "max", "min", "list", "tuple", "reversed", "print", "str"}
)
_STATE = frozenset({Kind.VARIABLE, Kind.TABLE})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop that can be written out.

    Attributes:
        node: The loop.
        rounds: For each round, its targets with what they are.
    """

    node: ast.For
    rounds: tuple[dict[str, ast.expr], ...]


def makes_in_loop(kinds: Kinds) -> bool:
    """Whether a region makes variables, tables or layers in a loop."""
    return any(_makes(node, kinds) for node in _for_statements(kinds))


def loops(kinds: Kinds) -> Iterator[Loop]:
    """The loops of a region that can be written out, none of them inside another.

    Args:
        kinds: The region.
    """
    constants = Constants(kinds.region)
    done: set[ast.AST] = set()
    for node in _for_statements(kinds):
        if node in done or not _makes(node, kinds) or not _is_plain(node):
            continue
        found = _rounds(node, kinds, constants)
        lines = (node.end_lineno or node.lineno) - node.lineno
        if found is not None and 0 < len(found) <= _ROUNDS and len(found) * lines <= _LINES:
            done |= set(walk(node))
            yield Loop(node, tuple(found))


def _for_statements(kinds: Kinds) -> list[ast.For]:
    return [step.node for step in kinds.region.steps if isinstance(step.node, ast.For) and step.inlined is None]


def _makes(loop: ast.For, kinds: Kinds) -> bool:
    return any(
        isinstance(node, ast.Call) and (kinds.of(node) in _STATE or is_layer(kinds.symbol(node)))
        for statement in loop.body
        for node in walk(statement)
    )


def _is_plain(loop: ast.For) -> bool:
    """Whether each round does the same statements to their end, and sets its targets nowhere."""
    names = {node.id for node in walk(loop.target) if isinstance(node, ast.Name)}
    if loop.orelse:
        return False
    for statement in loop.body:
        for node in walk(statement):
            match node:
                case ast.Break() | ast.Continue() | ast.Return() | ast.Yield() | ast.YieldFrom() | ast.Await():
                    return False
                case ast.Global() | ast.Nonlocal() | ast.NamedExpr() | ast.Delete() | ast.Try() | ast.Match():
                    return False
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda() | ast.GeneratorExp():
                    # They may be called when the names are others.
                    return False
                case ast.Import() | ast.ImportFrom():
                    return False
                case ast.Name(id=name, ctx=ast.Store()) if name in names:
                    return False
    return True


def _rounds(loop: ast.For, kinds: Kinds, constants: Constants) -> list[dict[str, ast.expr]] | None:
    items = _items(loop.iter, kinds, constants)
    if items is None:
        return None
    found: list[dict[str, ast.expr]] = []
    for item in items:
        targets: dict[str, ast.expr] = {}
        if not _bind(loop.target, item, targets):
            return None
        found.append(targets)
    return found


def _bind(target: ast.expr, item: ast.expr, found: dict[str, ast.expr]) -> bool:
    match target, item:
        case ast.Name(id=name), _:
            if name in found:
                return False
            found[name] = item
            return True
        case ((ast.Tuple(elts=names) | ast.List(elts=names)), (ast.Tuple(elts=parts) | ast.List(elts=parts))):
            return len(names) == len(parts) and all(
                _bind(one, other, found) for one, other in zip(names, parts, strict=True)
            )
    return False


def _items(node: ast.expr, kinds: Kinds, constants: Constants) -> list[ast.expr] | None:
    """What an iterable gives, one by one."""
    symbols = kinds.region.symbols
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return elements if all(_is_simple(element, kinds) for element in elements) else None
        case ast.Name(id=name):
            behind = constants.source(node)
            if isinstance(behind, (ast.List, ast.Tuple)) and _only_read(name, kinds):
                return _items(behind, kinds, constants)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if symbols.module.bindings.get(name) is None:
            if kinds.region.scope.owner(name) is not None:
                return None
            if name == "range":
                bounds = [constants.value(argument) for argument in arguments]
                numbers = [bound for bound in bounds if type(bound) is int]
                if len(numbers) != len(bounds) or not 1 <= len(numbers) <= 3 or 0 in numbers[2:]:
                    return None
                return [_constant(number) for number in range(*numbers)[: _ROUNDS + 1]]
            if name == "enumerate" and len(arguments) == 1:
                inner = _items(arguments[0], kinds, constants)
                return None if inner is None else [_pair(_constant(n), item) for n, item in enumerate(inner)]
            if name == "zip" and arguments:
                several = [_items(argument, kinds, constants) for argument in arguments]
                known = [items for items in several if items is not None]
                if len(known) == len(several):
                    return [_pair(*group) for group in zip(*known, strict=False)]
    return None


def _constant(number: int) -> ast.expr:
    if number < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-number))
    return ast.Constant(number)


def _pair(*parts: ast.expr) -> ast.expr:
    return ast.Tuple(list(parts), ast.Load())


def _is_simple(node: ast.expr, kinds: Kinds) -> bool:
    """Whether an element may stand wherever the target is read: constants, and what TensorFlow has a name for."""
    match node:
        case ast.Constant(value=int() | float() | str() | None):
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
        case ast.Tuple(elts=elements):
            return all(_is_simple(element, kinds) for element in elements)
        case ast.Attribute():
            return kinds.region.resolve(node) is not None
    return False


def _only_read(name: str, kinds: Kinds) -> bool:
    """Whether every use of a list only looks at it."""
    scope = kinds.region.scope
    tree = scope.node if name in scope.bindings else kinds.region.symbols.tree
    above = {child: node for node in walk(tree) for child in ast.iter_child_nodes(node)}
    for node in walk(tree):
        if not isinstance(node, ast.Name) or node.id != name or not isinstance(node.ctx, ast.Load):
            continue
        around = above[node]
        match around:
            case ast.For(iter=used) | ast.comprehension(iter=used) if used is node:
                continue
            case ast.Call(func=ast.Name(id=function)) if function in _READING and node in around.args:
                continue
            case ast.Subscript(value=used, ctx=ast.Load()) if used is node:
                continue
        return False
    return True
