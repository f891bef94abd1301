"""The same program in plainer words: one name for a session, and a name for TensorFlow as a whole."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import Assigned, Bound, Imported, Scope

if TYPE_CHECKING:
    from migrate.source.view import ModuleView

_SESSIONS = frozenset({"Session", "InteractiveSession"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Edit = tuple[int, int, int, str, str]
"""Line, first and last column in bytes, the text that stands there where that must be checked, and the new one."""
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def one_name_a_session(view: ModuleView, scope: Scope) -> str | None:
    """The text of a module without second names of sessions: those of `with sess as session:`.

    Args:
        view: The module.
        scope: The function, or the module, whose sessions count.

    Returns:
        The text, with as many lines; None where there is no such name, or it may mean something else.
    """
    edits: set[_Edit] = set()
    for _, node in nodes_of(scope, view.symbols):
        if not isinstance(node, ast.With):
            continue
        for item in node.items:
            match item:
                case ast.withitem(context_expr=entered, optional_vars=ast.Name(id=alias) as bound):
                    name = _entered(entered)
                    if name is None or not _is_second(alias, name, node, scope, view):
                        continue
                    start, end = entered.end_col_offset, bound.end_col_offset
                    if entered.end_lineno != bound.end_lineno or start is None or end is None:
                        return None
                    edits.add((bound.lineno, start, end, "", ""))
                    for use in _uses(alias, scope, view):
                        edits.add((use.lineno, use.col_offset, use.end_col_offset or 0, alias, name))
    return _edited(view.text, edits) if edits else None


def with_tensorflow(view: ModuleView) -> str | None:
    """The text of a module with an import of TensorFlow as a whole; None where it has one, if only in a function.

    Args:
        view: The module.
    """
    if not view.tensorflow.add or any(_imports_all(scope) for scope in view.symbols.scopes()):
        return None
    name = view.tensorflow.name
    line = "import tensorflow" + ("" if name == "tensorflow" else f" as {name}")
    place = 0
    for statement in view.tree.body:
        if isinstance(statement, _DEFINITIONS):
            break
        said = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if isinstance(statement, (ast.Import, ast.ImportFrom)) or (said and place == 0):
            place = statement.end_lineno or statement.lineno
    lines = _LINES.findall(view.text)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if place and not lines[place - 1].endswith(("\r", "\n")):
        return None
    return "".join([*lines[:place], line + newline, *lines[place:]])


def _imports_all(scope: Scope) -> bool:
    bound = (one for bindings in scope.bindings.values() for one in bindings)
    return any(isinstance(one, Imported) and one.qualified == "tensorflow" for one in bound)


def _entered(node: ast.expr) -> str | None:
    """The name of what is entered by `with sess` or `with sess.as_default()`."""
    match node:
        case ast.Name(id=name) | ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="as_default"), args=[]):
            return name
    return None


def _is_second(alias: str, name: str, block: ast.With, scope: Scope, view: ModuleView) -> bool:
    """Whether a name that a `with` binds is only another one of a session that has just one value."""
    if alias == name or scope.owner(name) is not scope or scope.owner(alias) is not scope:
        return False
    match scope.bindings[name]:
        case [Assigned(value=ast.Call(func=function), node=ast.Assign(targets=[ast.Name()]))]:
            if view.symbols.resolve(function, scope) not in _SESSIONS:
                return False
        case _:
            return False
    match scope.bindings[alias]:
        case [Bound(node=node) | Assigned(node=node)] if node is block:
            return all(use.lineno > block.lineno for use in _uses(alias, scope, view))
    return False


def _uses(name: str, scope: Scope, view: ModuleView) -> list[ast.Name]:
    """Where a name of a scope is read."""
    return [
        node
        for around, node in nodes_of(scope, view.symbols, inner=True)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        if around.owner(name) is scope
    ]


def _edited(text: str, edits: set[_Edit]) -> str | None:
    """The text with some pieces of its lines replaced; None where one is not what it was taken for."""
    lines = [line.encode() for line in _LINES.findall(text)]
    for number, start, end, old, new in sorted(edits, reverse=True):
        line = lines[number - 1]
        # Inside of f-strings, Python 3.11 does not say where a name stands.
        if old and line[start:end] != old.encode():
            return None
        lines[number - 1] = line[:start] + new.encode() + line[end:]
    return b"".join(lines).decode()
