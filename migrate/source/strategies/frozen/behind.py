"""Ops that a module adds behind a graph from a file: their statements get a `with graph.as_default()` of their own."""

from __future__ import annotations

import ast

from migrate.source.loaded.roles import Role
from migrate.source.loaded.uses import Usage
from migrate.source.strategies.frozen.added import graph_behind, refuse_contexts, refuse_state, wrapped_texts
from migrate.source.strategies.frozen.made import FrozenMade
from migrate.source.strategies.frozen.reader import FrozenCode, LoadedGraph
from migrate.source.strategies.frozen.text import spliced
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_SIMPLE = (ast.Assign, ast.Expr, ast.Return)


class FrozenBehind(FrozenMade):
    """Finds these statements in one module."""

    def __init__(self, view: ModuleView, code: FrozenCode) -> None:
        """Takes a module.

        Args:
            view: The module.
            code: Its graphs.
        """
        super().__init__(view, code)
        self._behind: dict[ast.stmt, str] = {}
        self._inline: set[ast.expr] = set()
        self._tensors: list[str] = []

    def _behind_graph(self, op: ast.AST) -> set[ast.With] | None:
        """No block that stays, but one of its own for the statement of an op; None where that cannot be."""
        if not isinstance(op, ast.expr):
            return None
        statement = self.view.statement(op)
        found = self._graph_behind(op)
        if found is None:
            return None
        text = found[1]
        tensor = self._exported_by(op)
        if tensor is not None:
            self._inline.add(tensor)
            if self.places.parents[tensor] in self._buried:
                return set()
        if self._statements.get(statement) == ():
            # An initializer, of which nothing is left.
            return set()
        if self._runs(statement):
            return None
        if text is not None and isinstance(statement, _SIMPLE) and statement not in self._statements:
            self._behind[statement] = text
            return set()
        function = self.places.function_of(op)
        if text is not None or not isinstance(function, ast.FunctionDef) or self._runs(function):
            return None
        callers = [self._context(caller.call) for caller in self.places.callers(function)]
        if not callers or self.places.escapes(function) or any(blocks is None for blocks in callers):
            return None
        return set()

    def _context(self, op: ast.AST) -> set[ast.With] | None:
        """The blocks that stay for an op; None where it would not be made in its graph."""
        return self._behind_graph(op)

    def _graph_behind(self, op: ast.expr) -> tuple[LoadedGraph, str | None] | None:
        """The graph that an op is added to, and how the code there spells it."""
        graph = graph_behind(op, self.code)
        if graph is not None and graph.home is not None:
            return graph, self.code.text(graph.home, op)
        lookup = self._lookup(op)
        if lookup is None or not isinstance(op, ast.Call):
            return None
        # An op of TF1 goes to the graph of its inputs, whatever the default one is.
        refuse_state(self.view.statement(op), self.code)
        refuse_contexts(op, self.code)
        graph, base = lookup
        here = self.places.function_of(base) is self.places.function_of(op)
        if here and isinstance(base, (ast.Name, ast.Attribute)):
            return graph, self._text(base)
        return graph, self.code.text(graph.home, op) if graph.home is not None else None

    def _lookup(self, op: ast.expr) -> tuple[LoadedGraph, ast.expr] | None:
        """The one graph of which an op has tensors got by name, and the expression they are got from."""
        found: dict[LoadedGraph, ast.expr] = {}
        pending: list[ast.expr] = [op]
        seen: set[ast.expr] = set()
        while pending:
            node = pending.pop()
            if node in seen:
                continue
            seen.add(node)
            match node:
                case ast.Call(func=ast.Attribute(value=base, attr="get_tensor_by_name")):
                    graph = self._only(self.contexts.resolved(base))
                    if graph is None:
                        return None
                    found.setdefault(graph, base)
                case ast.Call(args=arguments, keywords=keywords):
                    for argument in [*arguments, *(keyword.value for keyword in keywords)]:
                        pending += [
                            o.node for o in self.roles.of(argument) if o.role is Role.TENSOR and o.node is not None
                        ]
        return next(iter(found.items())) if len(found) == 1 else None

    def _runs(self, root: ast.AST, seen: frozenset[ast.AST] = frozenset()) -> bool:
        """Whether anything is run, loaded or exported in a part of the module, or in functions that it calls."""
        special = {use.node for use in self.code.uses if use.usage is Usage.RUN}
        special |= {graph.call for graph in self.code.graphs} | {export.site.call for export in self.exports}
        for node in ast.walk(root):
            if node in special:
                return True
            if isinstance(node, ast.Call) and node in self.places.scope_of:
                called = [function for function in self.places.callees(node) if function not in seen]
                if any(self._runs(function, seen | set(called)) for function in called):
                    return True
        return False

    def _exported_by(self, op: ast.expr) -> ast.expr | None:
        """The tensor of a signature in whose expression an op is made."""
        for export in self.exports:
            for signature in export.site.signatures:
                for endpoint in signature.inputs + signature.outputs:
                    if op in ast.walk(endpoint.tensor):
                        return endpoint.tensor
        return None

    def _put_behind(self) -> None:
        """Gives the statements their blocks.

        Raises:
            Unprovable: An op has no expression of its own.
        """
        for _, node in self.places.nodes:
            if isinstance(node, ast.AugAssign) and self.places.function_of(node) in self.touched:
                target = node.target
                if isinstance(target, (ast.Name, ast.Attribute)) and Role.TENSOR in self.roles.roles(target):
                    raise Unprovable(ELSEWHERE, "a tensor is changed in place", node)
        texts = {statement: self._statement_text(statement) for statement in self._behind}
        self._statements |= wrapped_texts(self._behind, texts, self.roles)

    def _statement_text(self, statement: ast.stmt) -> str:
        assert isinstance(statement, _SIMPLE)
        assert statement.value is not None
        value = spliced(statement.value, self._texts, self.view)
        if isinstance(statement, ast.Return):
            return f"return {value}"
        return " = ".join([*(self.view.source_of(target) for target in getattr(statement, "targets", [])), value])
