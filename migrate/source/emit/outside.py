"""Graph code that stands beside the `with` of its graph: TF1 had a default graph there, TF2 has none."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from migrate.source.entered import enters_graph
from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import children
from migrate.source.unprovable import MODE, Unprovable

_WRITER = "summary.FileWriter"
_FAILS = frozenset({"placeholder", "sparse_placeholder", "train.import_meta_graph", "train.export_meta_graph",
                    "train.string_input_producer", "train.batch", "train.shuffle_batch", "summary.merge_all",
                    "gradients"})  # fmt: skip
"""What raises an error under TF2's own behaviour where no graph is entered."""
_MAY = re.compile(r"FileWriter\(|placeholder\(|meta_graph\(|_producer\(|batch\(|merge_all\(|gradients\(")
_OWN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def in_graphs(code: str, functions: Collection[str]) -> str:
    """The text of a module whose writers of summaries are made in a graph, as they must be under TF2.

    Only functions that enter graphs of their own are looked at, and the code of the module: others may be called in one.

    Args:
        code: The text after a rewrite for TF2's own behaviour.
        functions: The names of the functions that were rewritten.

    Raises:
        Unprovable: Something else needs a graph, and has none.
    """
    if _MAY.search(code) is None:
        return code
    symbols = Symbols(ast.parse(code))
    lines = code.splitlines(keepends=True)
    found: list[tuple[ast.stmt, str]] = []
    for scope in symbols.scopes():
        node = scope.node
        wanted = isinstance(node, ast.FunctionDef) and node.name in functions and _enters(node)
        if not wanted and not (scope is symbols.module and _enters(node)):
            continue
        for statement, call in _outside(scope):
            name = symbols.resolve(call.func, scope)
            package = _package(call.func) if name == _WRITER else None
            simple = isinstance(statement, (ast.Assign, ast.Expr)) and _has_own_lines(statement, lines)
            if package is not None and simple:
                found.append((statement, package))
            elif name == _WRITER or name in _FAILS:
                reason = f"tf.{name} stands outside of the graph, which TF2's own behaviour does not take"
                raise Unprovable(MODE, reason)
    for statement, package in sorted(found, key=lambda one: -one[0].lineno):
        start, end = statement.lineno - 1, statement.end_lineno or statement.lineno
        indent = lines[start][: statement.col_offset]
        unit = "\t" if indent.startswith("\t") else "    "
        newline = "\r\n" if lines[start].endswith("\r\n") else "\n"
        lines[start:end] = [
            f"{indent}with {package}.Graph().as_default():{newline}",
            *(unit + line for line in lines[start:end]),
        ]
    return "".join(lines)


def _enters(node: ast.AST) -> bool:
    """Whether the own code of a function or module enters a graph."""
    return any(isinstance(one, ast.With) and _is_graph(one) for one in _own(node))


def _is_graph(node: ast.With) -> bool:
    return any(enters_graph(item.context_expr) for item in node.items)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    pending = list(children(node))
    while pending:
        one = pending.pop()
        if not isinstance(one, _OWN):
            yield one
            pending += children(one)


def _outside(scope: Scope) -> Iterator[tuple[ast.stmt, ast.Call]]:
    """The calls of a function that stand in no `with` of a graph, each with its statement."""
    pending: list[tuple[ast.AST, ast.AST]] = [(child, scope.node) for child in children(scope.node)]
    while pending:
        node, statement = pending.pop()
        if isinstance(node, _OWN) or (isinstance(node, ast.With) and _is_graph(node)):
            continue
        statement = node if isinstance(node, ast.stmt) else statement
        if isinstance(node, ast.Call) and isinstance(statement, ast.stmt):
            yield statement, node
        pending += [(child, statement) for child in children(node)]


def _has_own_lines(statement: ast.stmt, lines: list[str]) -> bool:
    """Whether a statement can be indented line by line."""
    first = lines[statement.lineno - 1]
    if first[: statement.col_offset].strip() or not first.isascii():
        return False
    texts = (one for one in ast.walk(statement) if isinstance(one, (ast.Constant, ast.JoinedStr)))
    return all(one.lineno == one.end_lineno for one in texts) and ";" not in lines[(statement.end_lineno or 1) - 1]


def _package(function: ast.expr) -> str | None:
    """TensorFlow's name in `tf.compat.v1.summary.FileWriter`."""
    spelled = ast.unparse(function)
    return (
        spelled.removesuffix(".compat.v1.summary.FileWriter")
        if spelled.endswith(".compat.v1.summary.FileWriter")
        else None
    )
