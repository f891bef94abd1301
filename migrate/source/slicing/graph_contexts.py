"""Which graph a statement adds to, and in which contexts."""

from __future__ import annotations

import ast

from migrate.source.flow import Definition, Step, Value
from migrate.source.kinds import IN_GRAPH, Kind, Kinds


def is_context(node: ast.With | ast.AsyncWith, kinds: Kinds, names: tuple[str, ...]) -> bool:
    """Whether a with statement enters only contexts of the given TF1 names."""
    for item in node.items:
        call = item.context_expr
        if not isinstance(call, ast.Call):
            return False
        name = kinds.symbol(call)
        last = name.rpartition(".")[2] if name else (call.func.attr if isinstance(call.func, ast.Attribute) else "")
        if last not in names:
            return False
    return True


def sets_graph(node: ast.stmt, kinds: Kinds) -> bool:
    """Whether a with statement enters a graph of its own: `tf.Graph().as_default()`, `tf.Session(graph=...)`."""
    if not isinstance(node, (ast.With, ast.AsyncWith)):
        return False
    for item in node.items:
        expression = item.context_expr
        if isinstance(expression, ast.Call):
            if isinstance(expression.func, ast.Attribute) and expression.func.attr == "as_default":
                if kinds.of(expression.func.value) is Kind.GRAPH:
                    return True
            if kinds.of(expression) is Kind.SESSION and any(k.arg == "graph" for k in expression.keywords):
                return True
    return False


def graph_context(step: Step, kinds: Kinds) -> Step | Value | None:
    """What tells the graph that a step adds to from other graphs of the region; None for the default graph.

    The graph is that of the outermost with statement that enters one: the value of its name, or the statement
    itself where the graph has no name.
    """
    for around in [*(branch.step for branch in step.branches), step]:
        if sets_graph(around.node, kinds):
            return _entered_graph(around, kinds)
    # The default graph, since it was last reset.
    reset: Step | None = None
    for other in kinds.region.steps:
        if other.index > step.index:
            break
        match other.node:
            case ast.Expr(value=ast.Call() as call) if (
                kinds.symbol(call) == "reset_default_graph" and other.inlined is None
            ):
                if any(made.index < other.index and made.writes for made in kinds.region.steps if _builds(made, kinds)):
                    reset = other
    return reset


def _builds(step: Step, kinds: Kinds) -> bool:
    return any(kinds.value(made) in IN_GRAPH for made in step.writes)


def _entered_graph(step: Step, kinds: Kinds) -> Step | Value | None:
    assert isinstance(step.node, (ast.With, ast.AsyncWith))
    for item in step.node.items:
        call = item.context_expr
        if not isinstance(call, ast.Call):
            continue
        graph: ast.expr | None = next((k.value for k in call.keywords if k.arg == "graph"), None)
        if graph is None and isinstance(call.func, ast.Attribute) and call.func.attr == "as_default":
            graph = call.func.value
        if isinstance(graph, ast.Name):
            value = kinds.region.value_of.get(graph)
            if isinstance(value, Definition) and not value.known and sets_graph(value.step.node, kinds):
                return value.step if value.step is step else _entered_graph(value.step, kinds)
            return value
        if isinstance(graph, ast.Call) and kinds.symbol(graph) == "get_default_graph":
            return None
        if graph is not None:
            return step
    return step
