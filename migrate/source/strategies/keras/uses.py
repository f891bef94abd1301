"""Where the names of a module are read, and in which scope each of its nodes stands."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from migrate.source.symbols import Scope
from migrate.source.syntax import children
from migrate.source.view import ModuleView

_OPENS_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
                ast.GeneratorExp)  # fmt: skip
Variable = tuple[Scope, str]
"""A name, with the scope that binds it."""


class Uses:
    """The uses of a module's names, and what of its code will be gone.

    Attributes:
        gone: Statements, expressions and `with` items that the rewrite removes.
        alive: Expressions inside of them whose text the new code takes over.
        moved: Calls that the new code makes itself.
    """

    def __init__(self, view: ModuleView, without: Collection[ast.AST] = ()) -> None:
        """Reads a module.

        Args:
            view: The module.
            without: Nodes that are passed over, with all that is in them.
        """
        self.view = view
        self.gone: set[ast.AST] = set()
        self.alive: set[ast.AST] = set()
        self.moved: set[ast.AST] = set()
        self.scopes: dict[ast.AST, Scope] = {}
        self._loads: dict[Variable, list[ast.Name]] = {}
        self._read(view.tree, view.symbols.module, frozenset(without))

    def _read(self, tree: ast.AST, module: Scope, without: frozenset[ast.AST]) -> None:
        pending = [(tree, module)]
        while pending:
            node, scope = pending.pop()
            if node is not tree and isinstance(node, _OPENS_SCOPE):
                scope = self.view.symbols.scope_of(node)
            self.scopes[node] = scope
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
                variable = self.variable(node)
                if variable is not None:
                    self._loads.setdefault(variable, []).append(node)
            pending += [(child, scope) for child in children(node) if child not in without]

    def variable(self, node: ast.Name) -> Variable | None:
        """The variable that a name means."""
        owner = self.scopes[node].owner(node.id)
        return (owner, node.id) if owner is not None else None

    def loads(self, variable: Variable) -> Collection[ast.Name]:
        """Where a variable is read or deleted."""
        return self._loads.get(variable, ())

    def nodes(self, kind: type[ast.AST]) -> Iterator[ast.AST]:
        """The nodes of one kind, in the order of the source where they have a place in it."""
        found = [node for node in self.scopes if isinstance(node, kind)]
        return iter(sorted(found, key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))))

    def is_gone(self, node: ast.AST) -> bool:
        """Whether the rewrite removes a node."""
        current: ast.AST | None = node
        while current is not None:
            if current in self.alive:
                return False
            if current in self.gone:
                return True
            current = self.view.parents.get(current)
        return False

    def unread(self, variable: Variable) -> bool:
        """Whether all that reads a variable is gone."""
        return all(self.is_gone(node) for node in self.loads(variable))
