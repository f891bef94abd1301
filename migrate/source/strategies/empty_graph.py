"""Exports of a session whose graph is made on the spot and stays empty: their tensors are of another graph.

TensorFlow 1 wrote such a model without an error, and no one can run it. No rewrite makes it what was meant.
"""

from __future__ import annotations

import ast
import builtins

from migrate.source.candidates import Candidate
from migrate.source.strategies.wrapping.building import HARMLESS, call_builds
from migrate.source.strategies.wrapping.exports import Export, read_export
from migrate.source.symbols import Imported, Scope, Symbols
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_METHODS = frozenset({"add_meta_graph_and_variables", "save", "run", "close", "items", "keys", "values", "format", "join",
                      "append", "update", "copy", "encode", "decode", "as_default"})  # fmt: skip
"""Methods of sessions, builders and Python's values that put nothing into a graph."""
_EMPTY = frozenset({"Graph", "global_variables_initializer", "initialize_all_variables", "tables_initializer",
                    "local_variables_initializer", "initialize_all_tables", "group", "no_op"})  # fmt: skip
"""What makes no tensor that a signature could have."""


def refuse_empty_graph(candidate: Candidate, view: ModuleView) -> None:
    """Checks that something is put into the graph of an export.

    Args:
        candidate: The export.
        view: Its module.

    Raises:
        Unprovable: Surely nothing is.
    """
    try:
        exports = read_export(candidate, view)
    except Unprovable:
        return
    for export in exports:
        block = _own_graph(export, candidate.scope, view)
        if block is not None and not _may_fill(block, export, candidate.scope, view.symbols):
            reason = (
                "the graph of its session is made there and stays empty: the tensors of its signatures are of another "
                "graph, so that no one could run the model; give that graph to the session"
            )
            raise Unprovable(ELSEWHERE, reason, export.statement)


def _own_graph(export: Export, scope: Scope, view: ModuleView) -> ast.With | None:
    """The `with tf.Session(graph=tf.Graph()) as sess:` of an export, or that of a new graph around its session."""
    if not isinstance(export.session, ast.Name):
        return None
    node: ast.AST = export.statement
    session: ast.Call | None = None
    while not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
        node = view.parents[node]
        for item in reversed(node.items) if isinstance(node, ast.With) else []:
            made = item.context_expr
            if not isinstance(made, ast.Call):
                return None
            if session is None:
                named = isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == export.session.id
                if not named or view.symbols.resolve(made.func, scope) != "Session":
                    return None
                session = made
                graph = next((one.value for one in made.keywords if one.arg == "graph"), None)
                if made.args or (graph is not None and not _is_new(graph, scope, view.symbols)):
                    return None
                if graph is not None:
                    return node if isinstance(node, ast.With) else None
            elif isinstance(made.func, ast.Attribute) and made.func.attr == "as_default":
                # One with a name may be filled elsewhere.
                new = _is_new(made.func.value, scope, view.symbols) and item.optional_vars is None
                return node if new and isinstance(node, ast.With) else None
    return None


def _is_new(graph: ast.expr, scope: Scope, symbols: Symbols) -> bool:
    return isinstance(graph, ast.Call) and symbols.resolve(graph.func, scope) == "Graph"


def _may_fill(block: ast.With, export: Export, scope: Scope, symbols: Symbols) -> bool:
    """Whether anything in a block may add to its graph, or means the tensors by their names."""
    for node in (one for statement in [*block.items, *block.body] for one in ast.walk(statement)):
        match node:
            case ast.With(items=items) if any(_enters(item, export, scope, symbols) for item in items):
                return True
            case ast.BinOp() | ast.Lambda() | ast.FunctionDef() | ast.Attribute(attr="graph"):
                # Arithmetic of tensors adds to a graph; what is deferred may do anything.
                return True
            case ast.Call(func=function):
                name = symbols.resolve(function, scope)
                if name is not None:
                    if name not in _EMPTY and call_builds(node, scope, symbols):
                        return True
                elif not _is_harmless(function, scope, symbols):
                    return True
    return False


def _enters(item: ast.withitem, export: Export, scope: Scope, symbols: Symbols) -> bool:
    """Whether a `with` is for something else than the session."""
    match item.context_expr:
        case ast.Call(func=function) if symbols.resolve(function, scope) == "Session":
            return False
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="as_default")):
            return not (isinstance(export.session, ast.Name) and name == export.session.id)
    return True


def _is_harmless(function: ast.expr, scope: Scope, symbols: Symbols) -> bool:
    if isinstance(function, ast.Attribute):
        root = (symbols.qualified(function, scope) or "").partition(".")[0]
        return root in HARMLESS if root else function.attr in _METHODS
    owner = scope.owner(function.id) if isinstance(function, ast.Name) else None
    if owner is None:
        return isinstance(function, ast.Name) and hasattr(builtins, function.id)
    assert isinstance(function, ast.Name)
    return all(
        isinstance(one, Imported) and one.qualified.partition(".")[0] in HARMLESS for one in owner.bindings[function.id]
    )
