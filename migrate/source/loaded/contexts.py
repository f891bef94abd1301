"""Which graph is the default one at a place, and which graph a session runs."""

from __future__ import annotations

import ast

from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import DEFAULT_GRAPH, Origin, Origins, Role, Roles, graph_argument

_WITHS = (ast.With, ast.AsyncWith)


class Contexts:
    """Answers for one module."""

    def __init__(self, places: Places, roles: Roles) -> None:
        """Makes it for a module.

        Args:
            places: What is put where.
            roles: What the values are.
        """
        self.places = places
        self.roles = roles
        self._active: set[ast.AST] = set()

    def graphs_at(self, node: ast.AST) -> Origins:
        """What the default graph may be where a node runs; `DEFAULT_GRAPH` for the one of the program.

        A function runs in the context of its callers, as far as they are in this file.
        """
        for item in self.entered(node):
            found = self._entered_graph(item.context_expr)
            if found:
                return found
        function = self.places.function_of(node)
        if function in self._active:
            return frozenset()
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return frozenset({DEFAULT_GRAPH})
        callers = self.places.callers(function)
        if not callers or self.places.escapes(function):
            return frozenset({DEFAULT_GRAPH})
        self._active.add(function)
        found = frozenset().union(*(self.graphs_at(caller.call) for caller in callers))
        self._active.discard(function)
        return found or frozenset({DEFAULT_GRAPH})

    def session_at(self, node: ast.AST) -> ast.expr | None:
        """The expression of the session that is the default one at a node, as far as its function says."""
        for item in self.entered(node):
            match item.context_expr:
                case ast.Call(func=ast.Attribute(value=base, attr="as_default")) if self._is(base, Role.SESSION):
                    return base
                case expression if self._is(expression, Role.SESSION):
                    return item.optional_vars or expression
        return self._interactive(node)

    def _interactive(self, node: ast.AST) -> ast.expr | None:
        """The variable of the only InteractiveSession of a module, where that is made in the function of a node."""
        made = [
            call
            for _, call in self.places.nodes
            if isinstance(call, ast.Call) and self.roles.symbol(call.func) == "InteractiveSession"
        ]
        match made:
            case [ast.Call(lineno=line) as call] if self.places.function_of(call) is self.places.function_of(node):
                match self.places.parents[call]:
                    case ast.Assign(targets=[ast.Name() as target]) if line < getattr(node, "lineno", 0):
                        return target
        return None

    def graph_of(self, session: Origin) -> Origins:
        """The graphs that a session, made by a call in this module, may run."""
        assert isinstance(session.node, ast.Call)
        given = graph_argument(session.node)
        if given is None:
            return self.graphs_at(session.node)
        return self.resolved(given)

    def resolved(self, graph: ast.expr) -> Origins:
        """The graphs that an expression may be; `tf.get_default_graph()` and `sess.graph` are looked into."""
        match graph:
            case ast.Call() if self.roles.symbol(graph.func) == "get_default_graph":
                return self.graphs_at(graph)
            case ast.Attribute(value=base, attr="graph") if self._is(base, Role.SESSION):
                sessions = [origin for origin in self.roles.of(base) if origin.role is Role.SESSION]
                return frozenset().union(*(self.graph_of(session) for session in sessions))
        found: set[Origin] = set()
        for origin in self.roles.of(graph):
            if origin.role is Role.GRAPH and origin.node is not None and self._asks(origin.node):
                # `graph = tf.get_default_graph()` where the session was made for `graph` leads back to itself.
                if origin.node not in self._active:
                    self._active.add(origin.node)
                    found |= self.resolved(origin.node)
                    self._active.discard(origin.node)
            elif origin.role is not Role.NOTHING:
                found.add(origin)
        return frozenset(found)

    def _asks(self, node: ast.expr) -> bool:
        """Whether it is `tf.get_default_graph()` or `sess.graph`, and makes no graph itself."""
        match node:
            case ast.Call():
                return self.roles.symbol(node.func) == "get_default_graph"
        return isinstance(node, ast.Attribute) and node.attr == "graph"

    def entered(self, node: ast.AST) -> list[ast.withitem]:
        """The items of the `with` statements around a node, innermost first, up to the function it stands in."""
        found: list[ast.withitem] = []
        child = node
        while child in self.places.parents:
            parent = self.places.parents[child]
            if isinstance(parent, _WITHS):
                if isinstance(child, ast.stmt):
                    found += reversed(parent.items)
                else:
                    # The items before this one are entered already.
                    position = next((i for i, item in enumerate(parent.items) if item is child), 0)
                    found += reversed(parent.items[:position])
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                break
            child = parent
        return found

    def _entered_graph(self, expression: ast.expr) -> Origins:
        match expression:
            case ast.Call(func=ast.Attribute(value=base, attr="as_default")):
                if self._is(base, Role.GRAPH):
                    return self.resolved(base)
                if self._is(base, Role.SESSION):
                    return self._graphs_of(base)
        if self._is(expression, Role.SESSION):
            return self._graphs_of(expression)
        return frozenset()

    def _graphs_of(self, session: ast.expr) -> Origins:
        origins = [origin for origin in self.roles.of(session) if origin.role is Role.SESSION]
        return frozenset().union(*(self.graph_of(origin) for origin in origins))

    def _is(self, expression: ast.expr, role: Role) -> bool:
        return role in self.roles.roles(expression)
