"""Ops that a module adds to a graph behind what is loaded into it: they are made in the graph, as before."""

from __future__ import annotations

import ast

from migrate.source.api.data import table
from migrate.source.loaded.roles import Role, Roles
from migrate.source.strategies.frozen.ops import ReadCode, makes_op
from migrate.source.strategies.frozen.reader import FrozenCode, LoadedGraph
from migrate.source.unprovable import ELSEWHERE, Unprovable

OTHER_STATE = (
    "Variable", "get_variable", "variable", "local_variable", "train.", "layers.", "contrib.", "keras.", "assign",
    "scatter_", "lookup.", "data.", "py_func", "estimator.", "metrics.", "summary.", "random", "truncated_normal",
    "multinomial", "set_random_seed", "image.random", "image.sample", "nn.dropout", "queue.", "FIFOQueue", "losses.",
    "initializers.", "import_graph_def", "count_up_to", "nn.rnn_cell.", "nn.dynamic_rnn",
)  # fmt: skip
"""What makes variables or other state, draws numbers, or reads on from what other code put into collections."""


def graph_behind(op: ast.expr, code: FrozenCode) -> LoadedGraph | None:
    """The graph that is surely the default one where an op is made, and loaded by then.

    Raises:
        Unprovable: The op makes state of its own.
    """
    origins = code.contexts.graphs_at(op)
    graph = code.graph(next(iter(origins))) if len(origins) == 1 else None
    if graph is None or graph.home is None:
        return None
    if code.places.function_of(op) is graph.function and op.lineno <= graph.call.lineno:
        return None
    refuse_state(code.view.statement(op), code)
    refuse_contexts(op, code)
    return graph


def refuse_contexts(op: ast.expr, code: FrozenCode) -> None:
    """Refuses ops in the contexts of TensorFlow that change them: they would stand outside of the graph.

    Raises:
        Unprovable: There is one.
    """
    for item in code.contexts.entered(op):
        match item.context_expr:
            case ast.Call(func=function) if code.roles.symbol(function) not in (None, "device", "Session"):
                if not code.roles.roles(item.context_expr) & {Role.GRAPH, Role.SESSION}:
                    raise Unprovable(ELSEWHERE, f"ops are added in {ast.unparse(function)}", item.context_expr)


def refuse_state(statement: ast.AST, code: ReadCode) -> None:
    """Refuses what is no plain op.

    Raises:
        Unprovable: With the reason.
    """
    known = table().same | table().legacy | table().moved.keys() | {"placeholder", "placeholder_with_default"}
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call):
            continue
        name = code.roles.symbol(node.func)
        if name is not None and makes_op(name, code) and (name not in known or name.startswith(OTHER_STATE)):
            raise Unprovable(ELSEWHERE, f"tf.{name} adds more than a plain op to the graph", node)


def wrapped_texts(
    statements: dict[ast.stmt, str], texts: dict[ast.stmt, str], roles: Roles
) -> dict[ast.stmt, tuple[str, ...]]:
    """Statements in `with graph.as_default()`; those that follow each other share it.

    Args:
        statements: How each spells its graph.
        texts: The text of each.
        roles: What the values of the module are.
    """
    found: dict[ast.stmt, tuple[str, ...]] = {}
    head: ast.stmt | None = None
    previous: ast.stmt | None = None
    for statement in sorted(statements, key=lambda one: one.lineno):
        text = "\t" + texts[statement].replace("\n", "\n\t")
        joined = (
            head is not None
            and previous is not None
            and roles.places.parents[previous] is roles.places.parents[statement]
            and (previous.end_lineno or 0) + 1 == statement.lineno
            and statements[head] == statements[statement]
        )
        if joined and head is not None:
            found[head] = (f"{found[head][0]}\n{text}",)
            found[statement] = ()
        else:
            head = statement
            found[statement] = (f"with {statements[statement]}.as_default():\n{text}",)
        previous = statement
    return found
