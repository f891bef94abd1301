"""Names for what stands beside an export of a Keras model."""

from __future__ import annotations

import ast

from migrate.source.candidates import Candidate
from migrate.source.strategies.keras.uses import Uses
from migrate.source.symbols import Imported, parameters
from migrate.source.view import ModuleView


class FreeNames:
    """Names for what stands beside an export."""

    def __init__(self, view: ModuleView, candidate: Candidate, uses: Uses) -> None:
        """No name is given yet.

        Args:
            view: The module.
            candidate: The export.
            uses: The names of the module.
        """
        self._view = view
        self._candidate = candidate
        self._uses = uses
        self._local: set[str] = set()

    def free(self, name: str) -> str:
        """A name for something beside the export, `name` itself if nothing that stays there has it."""
        scope = self._candidate.scope
        sites = [other for other in self._view.candidates if other.scope is scope or scope.parent is None]
        if len(sites) > 1:
            return self._view.free(name)
        used = {
            node.id for node in ast.walk(scope.node) if isinstance(node, ast.Name) and not self._uses.is_gone(node)
        } | self._local
        if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            used |= {argument.arg for argument in parameters(scope.node.args)}
        used |= {node.name for node in ast.walk(scope.node) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        if scope.parent is None:
            used |= {
                name for name, bindings in scope.bindings.items() if any(isinstance(b, Imported) for b in bindings)
            }
        candidate, count = name, 2
        while candidate in used:
            candidate, count = f"{name}_{count}", count + 1
        self._local.add(candidate)
        return candidate
