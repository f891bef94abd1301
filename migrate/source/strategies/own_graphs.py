"""The same program with a graph for each function that begins with `tf.reset_default_graph()`.

Such a function builds its graph anew. Where nothing goes on with that graph when it has returned, a `tf.Graph` of its
own is the same, and TF2 has one.
"""

from __future__ import annotations

import ast
import re

from migrate.source.strategies.wrapping.building import HARMLESS, may_build
from migrate.source.strategies.wrapping.enclosing import enclosed
from migrate.source.strategies.wrapping.entries import open_code
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import Imported
from migrate.source.syntax import walk
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def with_own_graphs(view: ModuleView) -> tuple[str, frozenset[ast.AST]] | None:
    """A module with a `tf.Graph` in the place of each reset of the default one.

    Args:
        view: The module.

    Returns:
        Its text, and the functions that only build in graphs of the file then; None where there is no reset, one stands
        elsewhere, or the graph may be used afterwards.
    """
    if "reset_default_graph" not in view.text:
        return None
    found: list[tuple[ast.stmt, list[ast.stmt]]] = []
    functions: list[ast.FunctionDef] = []
    for scope, node in nodes_of(view.symbols.module, view.symbols, inner=True):
        if isinstance(node, ast.Call) and view.symbols.resolve(node.func, scope) == "reset_default_graph":
            statement = view.statement(node)
            function = scope.node
            if not isinstance(function, ast.FunctionDef) or not _begins(statement, function, view):
                return None
            body = function.body
            found.append((statement, body[body.index(statement) + 1 :]))
            functions.append(function)
    if not found or len(set(functions)) < len(functions) or any(_returns(one) for one in functions):
        return None
    text = _enclosed(found, view)
    if text is None:
        return None
    if _is_closed(view.of(text)):
        return text, frozenset(scope.node for scope in view.symbols.scopes() if scope.node is not view.tree)
    return (text, frozenset(functions)) if all(_is_unused(one, view) for one in functions) else None


def _begins(statement: ast.stmt, function: ast.FunctionDef, view: ModuleView) -> bool:
    """Whether a function of the module, or a method, has built nothing before one of its statements."""
    around = view.parents[function]
    if isinstance(around, ast.ClassDef):
        around = view.parents[around]
    body = function.body
    if statement not in body[:-1] or not isinstance(around, ast.Module) or function.decorator_list:
        return False
    scope = view.symbols.scope_of(function)
    alone = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and statement.value.args == []
    return alone and not any(may_build(one, scope, view) for one in body[: body.index(statement)])


def _returns(function: ast.FunctionDef) -> bool:
    """Whether a function returns anything, which may be of its graph, or yields it."""
    for node in walk(function):
        if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Global, ast.Nonlocal)):
            return True
        if isinstance(node, ast.Return) and not (node.value is None or isinstance(node.value, ast.Constant)):
            return True
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            # It may be kept in an object.
            return True
    return False


def _is_unused(function: ast.FunctionDef, view: ModuleView) -> bool:
    """Whether nothing of the file mentions a function."""
    kind = ast.Attribute if isinstance(view.parents[function], ast.ClassDef) else ast.Name
    named = (node for node in walk(view.tree) if isinstance(node, kind))
    return not any(function.name == (one.id if isinstance(one, ast.Name) else one.attr) for one in named)


def _is_closed(view: ModuleView) -> bool:
    """Whether all code that may build a graph stands in graphs that the file makes."""
    if open_code(view, ()) is not None:
        return False
    for scope, node in nodes_of(view.symbols.module, view.symbols):
        if isinstance(node, ast.Call):
            root: ast.expr = node.func
            while isinstance(root, ast.Attribute):
                root = root.value
            bound = scope.bindings.get(root.id, ()) if isinstance(root, ast.Name) else ()
            for one in bound:
                outside = isinstance(one, Imported) and one.qualified.partition(".")[0] not in HARMLESS | {"tensorflow"}
                if outside or isinstance(one.node, ast.ImportFrom):
                    return False
    return True


def _enclosed(found: list[tuple[ast.stmt, list[ast.stmt]]], view: ModuleView) -> str | None:
    opening = f"with {view.tf}.Graph().as_default():"
    try:
        text = enclosed([(rest[0], rest[-1], opening) for _, rest in found], view)
    except Unprovable:
        return None
    lines = _LINES.findall(text)
    numbers = sorted(one.lineno for one, _ in found)
    for passed, number in reversed(list(enumerate(numbers))):
        # Each `with` above has added a line.
        line = lines[number - 1 + passed].split("#")[0].strip()
        if not line.endswith("reset_default_graph()") or ";" in line:
            return None
        del lines[number - 1 + passed]
    return "".join(lines)
