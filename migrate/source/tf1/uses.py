"""Every use of a dotted name in a module, and what it starts with."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.source.symbols import SCOPES, Scope, ScopeNode, Symbols
from migrate.source.syntax import children


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """A dotted name that is read, as long as it goes.

    Attributes:
        nodes: The name, and each attribute of it, outwards.
        scope: Where it stands.
        owner: The scope that binds the name.
        parent: What holds it.
        fixed: Whether it stands where text cannot be replaced: in an f-string.
    """

    nodes: tuple[ast.expr, ...]
    scope: Scope
    owner: Scope
    parent: ast.AST
    fixed: bool

    @property
    def root(self) -> str:
        """The name that it starts with."""
        first = self.nodes[0]
        assert isinstance(first, ast.Name)
        return first.id

    @property
    def attributes(self) -> tuple[str, ...]:
        """What follows the name."""
        return tuple(node.attr for node in self.nodes if isinstance(node, ast.Attribute))

    @property
    def whole(self) -> ast.expr:
        """All of it."""
        return self.nodes[-1]


def uses(symbols: Symbols) -> Iterator[Use]:
    """The uses in a module, in no order.

    Args:
        symbols: The module's names.
    """
    pending: list[tuple[ast.AST, Scope, ast.AST, bool]] = [(symbols.tree, symbols.module, symbols.tree, False)]
    while pending:
        node, scope, parent, fixed = pending.pop()
        if isinstance(node, (ast.Attribute, ast.Name)):
            chain = _chain(node)
            if chain is not None:
                owner = scope.owner(chain[0].id)  # type: ignore[attr-defined]
                if owner is not None and isinstance(chain[0].ctx, ast.Load):  # type: ignore[attr-defined]
                    yield Use(chain, scope, owner, parent, fixed)
                continue
        inner = fixed or isinstance(node, ast.JoinedStr)
        if isinstance(node, SCOPES):
            pending += [(child, around, node, inner) for child, around in _parts(node, scope, symbols)]
        elif inside := children(node):
            pending += [(child, scope, node, inner) for child in inside]


def _parts(node: ScopeNode, scope: Scope, symbols: Symbols) -> Iterator[tuple[ast.AST, Scope]]:
    """The children of what opens a scope, each with its own: what is evaluated outside of a function stands outside."""
    inner = symbols.scope_of(node)
    outside: set[ast.AST] = set()
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        outside = {*node.decorator_list, *([node.returns] if node.returns else [])}
    elif isinstance(node, ast.ClassDef):
        outside = {*node.decorator_list, *node.bases, *node.keywords}
    for child in children(node):
        if isinstance(child, ast.arguments):
            defaults = [one for one in (*child.defaults, *child.kw_defaults) if one is not None]
            notes = [one.annotation for one in ast.walk(child) if isinstance(one, ast.arg) and one.annotation]
            yield from ((one, scope) for one in (*defaults, *notes))
        else:
            yield child, scope if child in outside else inner


def _chain(node: ast.expr) -> tuple[ast.expr, ...] | None:
    nodes = [node]
    while isinstance(nodes[-1], ast.Attribute):
        nodes.append(nodes[-1].value)
    return tuple(reversed(nodes)) if isinstance(nodes[-1], ast.Name) else None
