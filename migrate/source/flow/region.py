"""The steps of a function, or of a module, and what every name in it means."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import networkx as nx

from migrate.source.flow.statements import parts, root_name
from migrate.source.flow.values import Definition, Fact, InlineChoice, Merge, Parameter, Step, Value
from migrate.source.flow.walker import Walker
from migrate.source.symbols import Scope, Symbols, parameters
from migrate.source.syntax import walk


class Region:
    """The steps of a function's body, or of the module's, and what every name in it means."""

    def __init__(self, symbols: Symbols, scope: Scope, inline: InlineChoice | None = None) -> None:
        self.symbols = symbols
        self.scope = scope
        self.steps: list[Step] = []
        self.step_of: dict[ast.stmt, Step] = {}
        self.value_of: dict[ast.Name, Value] = {}
        self.scopes: dict[ast.Name, Scope] = {}
        # Names of which an attribute or item is set: a test of those may turn out otherwise the next time.
        self._set_roots = {
            root_name(node)
            for node in walk(scope.node)
            if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del))
        }
        env: dict[str, Value] = {}
        assert isinstance(scope.node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        body = scope.node.body
        self.body: list[ast.stmt] = body
        if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
            for argument in parameters(scope.node.args):
                env[argument.arg] = Parameter(argument.arg)
        Walker(self, inline).walk(body, env, (), ())

    def names(self, expression: ast.AST) -> Iterator[tuple[ast.Name, Value]]:
        """The names an expression reads, with their values; names its own comprehensions bind are left out."""
        for node in walk(expression):
            if isinstance(node, ast.Name) and node in self.value_of:
                yield node, self.value_of[node]

    def resolve(self, expression: ast.expr) -> str | None:
        """The canonical TF1 name an expression of this region stands for."""
        root = expression
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return None
        return self.symbols.resolve(expression, self.scopes.get(root, self.scope))

    def function(self, expression: ast.expr) -> ast.FunctionDef | None:
        """The function of this file that an expression of this region means."""
        if not isinstance(expression, ast.Name):
            return None
        return self.symbols.function(expression, self.scopes.get(expression, self.scope))

    def graph(self) -> nx.DiGraph[Value]:
        """Values as nodes, an edge from each value to every value it is computed from."""
        graph: nx.DiGraph[Value] = nx.DiGraph()
        pending: list[Value] = [definition for step in self.steps for definition in step.writes]
        while pending:
            value = pending.pop()
            if value in graph and graph.nodes[value].get("done"):
                continue
            graph.add_node(value, done=True)
            for source in self.dependencies(value):
                graph.add_edge(value, source)
                pending.append(source)
        return graph

    def dependencies(self, value: Value) -> list[Value]:
        """The values that a value is directly computed from."""
        match value:
            case Definition():
                found = [read for _, read in self.names(value.expression)] if value.expression is not None else []
                if value.expression is None or not value.known:
                    found = list(value.step.reads)
                if value.previous is not None:
                    found.append(value.previous)
                return found
            case Merge():
                return list(value.inputs) + [read for read in value.step.reads if read is not value]
        return []

    def known(self, test: ast.expr, facts: tuple[Fact, ...]) -> bool | None:
        """Whether a condition holds, given facts; None where they do not say."""
        match test:
            case ast.Constant(value=constant):
                return bool(constant)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.known(operand, facts)
                return None if inner is None else not inner
            case ast.BoolOp(op=operator, values=values):
                answers = [self.known(part, facts) for part in values]
                decisive = isinstance(operator, ast.Or)
                if decisive in answers:
                    return decisive
                return None if None in answers else not decisive
            case ast.Name():
                value = self.value_of.get(test)
                if isinstance(value, Definition) and value.known and isinstance(value.expression, ast.Constant):
                    return bool(value.expression.value)
        key = self._key(test)
        if key is None:
            return None
        for fact in facts:
            for part, holds in parts(fact.test, fact.holds):
                if self._key(part) == key:
                    return holds
        return None

    def decided(self, value: Value, facts: tuple[Fact, ...]) -> Value:
        """The value a merge stands for, where facts tell which branch was taken; the value itself elsewhere."""
        while isinstance(value, Merge) and isinstance(value.step.node, ast.If) and len(value.inputs) == 2:
            truth = self.known(value.step.node.test, facts)
            if truth is None:
                return value
            value = value.inputs[0 if truth else 1]
        return value

    def _key(self, test: ast.expr) -> str | None:
        """Two tests with equal keys have the same outcome; None where that cannot be said."""
        if any(isinstance(node, (ast.Call, ast.Await, ast.NamedExpr)) for node in walk(test)):
            return None
        if any(
            isinstance(node, (ast.Attribute, ast.Subscript)) and root_name(node) in self._set_roots
            for node in walk(test)
        ):
            return None
        names = ",".join(f"{name.id}:{id(value)}" for name, value in self.names(test))
        return f"{ast.dump(test)}|{names}"
