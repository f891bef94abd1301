"""Short ways to look into what is known about a piece of code with a loaded graph."""

from __future__ import annotations

import ast
from textwrap import dedent

from migrate.source.loaded.contexts import Contexts
from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import Roles
from migrate.source.loaded.uses import Use, uses
from migrate.source.symbols import Symbols


class LoadedCode:
    """A piece of code with its analysis."""

    def __init__(self, code: str) -> None:
        self.places = Places(Symbols(ast.parse("import tensorflow as tf\n" + dedent(code))))
        self.roles = Roles(self.places)
        self.contexts = Contexts(self.places, self.roles)

    def find(self, text: str) -> ast.expr:
        """The last expression that reads like a text, and is read."""
        found = [
            node
            for _, node in self.places.nodes
            if isinstance(node, ast.expr)
            and ast.unparse(node) == text
            and not isinstance(getattr(node, "ctx", None), ast.Store)
        ]
        assert found, f"there is no {text}"
        return max(found, key=lambda node: (node.lineno, node.col_offset))

    def roles_of(self, text: str) -> set[str]:
        """Names of the roles of an expression."""
        return {role.name for role in self.roles.roles(self.find(text))}

    def graphs_at(self, text: str) -> list[int | None]:
        """Lines of the graphs that may be the default one where an expression stands; None for the program's own."""
        return sorted(
            (getattr(origin.node, "lineno", None) for origin in self.contexts.graphs_at(self.find(text))), key=str
        )

    def uses(self) -> list[Use]:
        """What becomes of graphs and sessions."""
        return uses(self.places, self.roles)
