"""Which expressions are sessions and graphs?"""

from __future__ import annotations

import ast

from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.uses import Uses, Variable
from migrate.source.symbols import Assigned, Bound
from migrate.source.view import ModuleView

SESSIONS = frozenset({"Session", "InteractiveSession"})
GRAPHS = frozenset({"Graph", "get_default_graph"})


class SessionKinds:
    """Tells sessions and graphs from other things, in a whole module."""

    def __init__(self, view: ModuleView, uses: Uses) -> None:
        """Takes a module.

        Args:
            view: The module.
            uses: Its names.
        """
        self._view = view
        self._uses = uses
        self._asked: set[Variable] = set()

    def kind(self, node: ast.expr | None) -> str | None:
        """Whether an expression is a session or a graph."""
        match node:
            case ast.Call():
                name = self._view.symbols.resolve(node.func, self._uses.scopes[node])
                if self._name(node) == "backend.get_session" or name in SESSIONS:
                    return "session"
                return "graph" if name in GRAPHS else None
            case ast.Attribute(value=base, attr="graph"):
                return "graph" if self.kind(base) == "session" else None
            case ast.Name():
                variable = self._uses.variable(node)
                if variable is None or variable in self._asked:
                    # Names may be made of each other: `with sess as session: sess = session`.
                    return None
                self._asked.add(variable)
                kinds = {self._bound(binding, variable) for binding in variable[0].bindings[variable[1]]}
                self._asked.discard(variable)
                return kinds.pop() if len(kinds) == 1 else None
        return None

    def _bound(self, binding: object, variable: Variable) -> str | None:
        source = self.source(binding, variable[1])
        if isinstance(source, ast.Name) and self._uses.variable(source) == variable:
            return None
        return self.entered(source) if isinstance(binding, Bound) else self.kind(source)

    def entered(self, node: ast.expr | None) -> str | None:
        """What `with EXPRESSION as name` gives, or enters."""
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr="as_default"), args=[], keywords=[]):
                return self.kind(base)
        return self.kind(node)

    def source(self, binding: object, name: str) -> ast.expr | None:
        """The expression that a binding of a name is made of, or enters."""
        match binding:
            case Assigned(value=value):
                return value
            case Bound(node=ast.With(items=items)):
                for item in items:
                    if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name:
                        return item.context_expr
        return None

    def _name(self, call: ast.Call) -> str | None:
        return keras_name(call.func, self._uses.scopes[call], self._view.symbols)
