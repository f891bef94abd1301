"""The nodes of a function with the scopes they stand in, and the code of the file that it runs."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from migrate.source.symbols import SCOPES, Assigned, Bound, Scope, Symbols
from migrate.source.syntax import children, walk

Function = ast.FunctionDef | ast.AsyncFunctionDef
WRITTEN = (
    "A graph of TF1 with variables of TF2: it gets its values and is saved without a session.",
    "The graph of a session with variables of TF2, which get the values that it holds.",
    "A graph of TF1 whose variables get their values without a session.",
)
"""What the classes say of themselves that take the place of sessions."""
_TABLES = (ast.Dict, ast.List, ast.Tuple)
_DEEP = 5
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def nodes_of(scope: Scope, symbols: Symbols, *, inner: bool = False) -> Sequence[tuple[Scope, ast.AST]]:
    """The nodes of a function or module, each with its scope, in no particular order.

    Args:
        scope: The function's.
        symbols: The module's names.
        inner: Whether the bodies of functions and classes inside of it count.
    """
    return symbols.once((nodes_of, scope, inner), lambda: _nodes_of(scope, symbols, inner=inner))


def _nodes_of(scope: Scope, symbols: Symbols, *, inner: bool) -> list[tuple[Scope, ast.AST]]:
    found: list[tuple[Scope, ast.AST]] = []
    pending: list[tuple[Scope, ast.AST]] = [(scope, child) for child in children(scope.node)]
    while pending:
        one = pending.pop()
        around, node = one
        if isinstance(node, _DEFINITIONS) and (not inner or _is_written(node)):
            continue
        found.append(one)
        if inside := children(node):
            within = symbols.scope_of(node) if isinstance(node, SCOPES) else around
            pending += [(within, child) for child in inside]
    return found


def calls_of(scope: Scope, symbols: Symbols) -> Sequence[tuple[Scope, ast.Call]]:
    """The calls among the nodes of a function or module, without those of functions and classes inside of it."""
    return symbols.once(
        (calls_of, scope),
        lambda: [(around, one) for around, one in nodes_of(scope, symbols) if isinstance(one, ast.Call)],
    )


def _is_written(node: ast.AST) -> bool:
    """Whether a class is one of a rewrite, for another export of the file."""
    return isinstance(node, ast.ClassDef) and ast.get_docstring(node) in WRITTEN


def original_scopes(symbols: Symbols) -> list[Scope]:
    """The scopes of a module without those of classes that a rewrite has written, for another export of the file."""
    written: set[ast.AST] = set()
    found: list[Scope] = []
    for one in symbols.scopes():
        if _is_written(one.node) or (one.parent is not None and one.parent.node in written):
            written.add(one.node)
        else:
            found.append(one)
    return found


def only_value(name: str, scope: Scope) -> ast.expr | None:
    """What a name is assigned, where it is bound once and by an assignment."""
    owner = scope.owner(name)
    match owner.bindings[name] if owner is not None else []:
        case [Assigned(value=value, node=ast.Assign(targets=[ast.Name()]))]:
            return value
    return None


def reached(scope: Scope, symbols: Symbols) -> Sequence[Scope]:
    """The scopes of the functions in a file that one of them may call, by any way of names; its own first.

    Methods count where something of their name is read and their class, a class below it, or another method of it, is
    reached.
    """
    return symbols.once((reached, scope), lambda: _reached(scope, symbols))


def _reached(scope: Scope, symbols: Symbols) -> list[Scope]:
    defined = [one for one in symbols.scopes() if isinstance(one.node, ast.ClassDef)]
    found: dict[ast.AST, Scope] = {scope.node: scope}
    classes: set[ast.ClassDef] = set()
    read: set[str] = {"__init__", "__call__"}
    looked_at = 0
    while True:
        before = len(found), len(read), len(classes)
        new = list(found.values())[looked_at:]
        looked_at += len(new)
        for one in new:
            if one.parent is not None and isinstance(one.parent.node, ast.ClassDef):
                classes.add(one.parent.node)
            for around, node in nodes_of(one, symbols, inner=one is not symbols.module):
                if isinstance(node, ast.Attribute):
                    read.add(node.attr)
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    _add(node.id, around, symbols, found, classes)
        for one in defined:
            assert isinstance(one.node, ast.ClassDef)
            if one.parent is not None and any(
                isinstance(base, ast.Name) and _class(base.id, one.parent) in classes for base in one.node.bases
            ):
                classes.add(one.node)
        for held in list(classes):
            for base in held.bases:
                if isinstance(base, ast.Name):
                    _add(base.id, symbols.scope_of(held), symbols, found, classes)
            for method in held.body:
                if isinstance(method, ast.FunctionDef) and (method.name in read or method.decorator_list):
                    found.setdefault(method, symbols.scope_of(method))
        if before == (len(found), len(read), len(classes)):
            return list(found.values())


def _is_table(value: ast.expr | None) -> bool:
    return isinstance(value, _TABLES)


def _class(name: str, scope: Scope) -> ast.ClassDef | None:
    owner = scope.owner(name)
    match owner.bindings[name] if owner is not None else []:
        case [Bound(node=ast.ClassDef() as node)]:
            return node
    return None


def _add(
    name: str,
    scope: Scope,
    symbols: Symbols,
    found: dict[ast.AST, Scope],
    classes: set[ast.ClassDef],
    depth: int = 0,
) -> None:
    owner = scope.owner(name)
    for binding in owner.bindings[name] if owner is not None else ():
        if isinstance(binding, Bound) and isinstance(binding.node, ast.ClassDef):
            classes.add(binding.node)
        elif isinstance(binding, Bound) and isinstance(binding.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.setdefault(binding.node, symbols.scope_of(binding.node))
        elif owner is symbols.module and isinstance(binding, Assigned) and _is_table(binding.value) and depth < _DEEP:
            # `MAKERS = {"dense": make_dense}`: whoever reads the table may call what is in it.
            for node in walk(binding.value):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    _add(node.id, symbols.module, symbols, found, classes, depth + 1)
