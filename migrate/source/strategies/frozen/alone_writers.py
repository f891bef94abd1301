"""Summary writers of graphs that are not run: they are made where a graph is the default one, and write it."""

from __future__ import annotations

import ast

from migrate.source.changes import Changes
from migrate.source.loaded.uses import Use
from migrate.source.strategies.frozen.alone_reader import AloneCode, Function
from migrate.source.strategies.frozen.ops import WRITERS
from migrate.source.strategies.frozen.text import spliced
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, MODE, Unprovable
from migrate.source.view import ModuleView


class AloneWriters:
    """Keeps the edits for one import.

    Attributes:
        changes: The edits.
        functions: The functions that deal with the graph.
    """

    def __init__(self, view: ModuleView, code: AloneCode) -> None:
        """Starts without any.

        Args:
            view: The module.
            code: Its graphs.
        """
        self.view, self.code = view, code
        self.places, self.roles, self.contexts = code.places, code.roles, code.contexts
        self.changes = Changes()
        self.functions: set[Function] = set()
        self._texts: dict[ast.expr, str] = {}
        self._graphs: dict[ast.stmt, str] = {}
        self._in_graphs: dict[ast.stmt, str] = {}

    def _in_graph(self, statement: ast.stmt, graph: str) -> None:
        """Puts a statement into a `with` for a graph."""
        match statement:
            case ast.Expr(value=value):
                text = spliced(value, self._texts, self.view)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                text = f"{name} = {spliced(value, self._texts, self.view)}"
            case _:
                raise Unprovable(CONTROL_FLOW, "a statement is not one that can have its own graph", statement)
        self._graphs[statement], self._in_graphs[statement] = graph, text
        for node in list(self._texts):
            if node in set(ast.walk(statement)):
                del self._texts[node]

    def _is_entered(self, node: ast.AST) -> bool:
        """Whether a node is in a `with` that is one for a graph, now or before."""
        while node in self.places.parents:
            node = self.places.parents[node]
            if isinstance(node, ast.With) and node in self.changes.statements:
                return True
            if isinstance(node, ast.With) and any(_is_as_default(item.context_expr) for item in node.items):
                return True
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                break
        return False

    def _is_writer(self, use: Use) -> bool:
        """Whether a graph is given to a summary writer."""
        parent = self.places.parents[use.value]
        call = self.places.parents[parent] if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call):
            return False
        adds = isinstance(call.func, ast.Attribute) and call.func.attr == "add_graph"
        return adds or self.roles.symbol(call.func) in WRITERS

    def _draws(self, function: ast.AST) -> bool:
        return any(
            isinstance(node, ast.Call) and node in self.places.scope_of and self.roles.symbol(node.func) in WRITERS
            for node in ast.walk(function)
        )

    def _writers(self) -> None:
        """Summary writers are made where a graph is the default one."""
        for _, node in self.places.nodes:
            if not isinstance(node, ast.Call) or self.roles.symbol(node.func) not in WRITERS:
                continue
            function = self.places.function_of(node)
            if function not in self.functions:
                if self._draws_mine(function):
                    raise Unprovable(ELSEWHERE, "another function draws the graph", node)
                continue
            graph = None if self._is_entered(node) else self._drawn(function)
            if graph is not None:
                self._in_graph(self.view.statement(node), graph)
            elif not self._is_entered(node):
                raise Unprovable(MODE, "a summary writer is made where no graph is the default one", node)
            self._flush(node, function)

    def _flush(self, writer: ast.Call, function: ast.AST) -> None:
        """A writer that nobody closes is written to the file: without a session, the program may end before that."""
        made = self.view.statement(writer)
        match made:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is writer:
                pass
            case _:
                raise Unprovable(ELSEWHERE, "a summary writer is not kept in a variable", writer)
        last: ast.stmt = made
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=base), attr=method)) if base == name:
                    if method in ("flush", "close"):
                        return
                    statement = self.view.statement(node)
                    if method != "add_graph" or not isinstance(statement, ast.Expr):
                        raise Unprovable(ELSEWHERE, "a summary writer gets more than graphs", node)
                    last = max(last, statement, key=lambda one: one.lineno)
        if last in self._in_graphs:
            self._in_graphs[last] += f"\n{name}.flush()"
            return
        assert isinstance(last, (ast.Assign, ast.Expr))
        text = spliced(last.value, self._texts, self.view)
        self.changes.statements[last] = (f"{name} = {text}" if last is made else text, f"{name}.flush()")

    def _draws_mine(self, function: ast.AST) -> bool:
        """Whether a function is given graphs and draws them."""
        return any(isinstance(node, ast.Attribute) and node.attr == "add_graph" for node in ast.walk(function))

    def _drawn(self, function: ast.AST) -> str | None:
        """How a function spells the graph that it draws."""
        for use in self.code.uses:
            if self.places.function_of(use.value) is function and self._is_writer(use):
                return spliced(use.value, self._texts, self.view)
        return None


def _is_as_default(expression: ast.expr) -> bool:
    match expression:
        case ast.Call(func=ast.Attribute(attr="as_default")):
            return True
    return False
