"""Programs that begin anew with `tf.reset_default_graph()`: what follows is in another graph."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.strategies.wrapping.entries import comes_first
from migrate.source.symbols import Symbols
from migrate.source.view import ModuleView

_NAME = "graph"


@dataclass(frozen=True, slots=True)
class Anew:
    """A module whose graphs have a name.

    Attributes:
        view: The module.
        name: The name of the graph that is built; None where it begins only once.
    """

    view: ModuleView
    name: str | None


def with_new_graphs(view: ModuleView) -> Anew:
    """The module with `graph = tf.Graph()` where its own statements reset the default graph after they built some of it.

    Args:
        view: The module.
    """
    resets = [one for one in view.tree.body if _resets(one, view.symbols) and not comes_first(one, view)]
    lines = view.text.splitlines(keepends=True)
    if not resets or view.tensorflow.add or any(not _is_alone(one, lines) for one in resets):
        return Anew(view, None)
    name = view.free(_NAME)
    for one in resets:
        code = lines[one.lineno - 1].strip()
        lines[one.lineno - 1] = lines[one.lineno - 1].replace(code, f"{name} = {view.tf}.Graph()", 1)
    text = "".join(lines)
    return Anew(ModuleView(text, ast.parse(text), view.path, view.settings), name)


def _resets(statement: ast.stmt, symbols: Symbols) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=function, args=[], keywords=[])):
            return symbols.resolve(function, symbols.module) == "reset_default_graph"
    return False


def _is_alone(statement: ast.stmt, lines: list[str]) -> bool:
    return lines[statement.lineno - 1].strip() == ast.unparse(statement)
