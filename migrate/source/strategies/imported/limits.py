"""What the code of a graph may do, so that the graph surely has no variables or other state."""

from __future__ import annotations

import ast

from migrate.source.api.data import table
from migrate.source.loaded.roles import IMPORTS
from migrate.source.strategies.frozen.added import OTHER_STATE
from migrate.source.strategies.imported.session import ImportedSession
from migrate.source.strategies.wrapping.building import LOADS, call_builds
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import Bound, Scope
from migrate.source.unprovable import ELSEWHERE, NO_EQUAL, VARIABLE, Unprovable

_NO_STATE = IMPORTS | {
    "Graph", "Session", "GraphDef", "NodeDef", "AttrValue", "get_default_graph", "global_variables_initializer",
    "initialize_all_variables", "initializers.global_variables", "local_variables_initializer",
    "initialize_local_variables", "initializers.local_variables", "tables_initializer", "initialize_all_tables",
    "initializers.tables_initializer", "group", "no_op", "device", "name_scope", "placeholder", "sparse_placeholder",
    "placeholder_with_default", "control_dependencies", "TensorInfo", "TensorShape", "train.write_graph",
    "add_to_collection",
}  # fmt: skip
_ON_GRAPH_DEFS = ("graph_util.", "python.tools.", "python.framework.graph_util", "io.", "dtypes.", "errors.")
_LOOPS = frozenset({"while_loop", "cond", "case", "map_fn", "scan", "foldl", "foldr", "switch_case"})


def refuse_state(code: ImportedSession) -> tuple[bool, set[ast.AST]]:
    """Refuses code that may put variables, tables or Python functions into a graph.

    Args:
        code: The session, with the code of its graph.

    Returns:
        Whether that code makes loops or conditionals, and the functions that it calls.

    Raises:
        Unprovable: There is such code.
    """
    inside = {node for root in code.roots for node in ast.walk(root)}
    symbols, loops, imports = code.view.symbols, False, False
    pending: list[tuple[Scope, ast.AST]] = [
        (scope, node) for scope, node in nodes_of(code.scope, symbols, inner=True) if node in inside
    ]
    seen: set[ast.AST] = set()
    if code.maker is not None:
        seen.add(code.maker)
        pending += nodes_of(symbols.scope_of(code.maker), symbols, inner=True)
    while pending:
        scope, node = pending.pop()
        if not isinstance(node, ast.Call) or node is code.call:
            continue
        name = symbols.resolve(node.func, scope)
        if name is not None:
            imports = imports or name in IMPORTS
            loops = loops or name in _LOOPS
            _refuse_op(name, node, scope, code)
            continue
        function = symbols.function(node.func, scope) if isinstance(node.func, ast.Name) else None
        if function is None:
            _refuse_unknown(node, scope, code)
        elif function not in seen and function is not code.scope.node:
            seen.add(function)
            pending += nodes_of(symbols.scope_of(function), symbols, inner=True)
    if code.around is None and code.graph is None and not imports:
        raise Unprovable(ELSEWHERE, "the graph is built somewhere else", code.call)
    return loops, seen


def _refuse_op(name: str, node: ast.Call, scope: Scope, code: ImportedSession) -> None:
    if name in _NO_STATE or name.startswith(_ON_GRAPH_DEFS) or not call_builds(node, scope, code.view.symbols):
        return
    if name.startswith("contrib."):
        raise Unprovable(NO_EQUAL, "the graph code uses tf.contrib, which ended with TensorFlow 1", node)
    if name in LOADS:
        raise Unprovable(VARIABLE, "a SavedModel that is loaded may have variables", node)
    known = table().same | table().legacy | table().moved.keys()
    if name not in known or (name.startswith(OTHER_STATE) and name not in _LOOPS):
        raise Unprovable(VARIABLE, f"tf.{name} may put variables or other state into the graph", node)


def _refuse_unknown(node: ast.Call, scope: Scope, code: ImportedSession) -> None:
    """A function of another module, a method of the object, or a parameter may do anything to the graph."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    owner = scope.owner(name) if name else None
    given = owner is not None and any(
        isinstance(one, Bound) and isinstance(one.node, ast.arg) for one in owner.bindings[name]
    )
    if given or call_builds(node, scope, code.view.symbols, deep=False):
        raise Unprovable(ELSEWHERE, f"{ast.unparse(node.func)} may put variables into the graph", node)
