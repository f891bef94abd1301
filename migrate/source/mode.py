"""Files that switch the behaviour of TF2 off, for TF1 code that runs under TF2."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from migrate.errors import MigrateError
from migrate.source.entered import entered_definitions, enters_graph
from migrate.source.files import code_lines, decode, is_notebook
from migrate.source.symbols import Imported, ScopeNode, Symbols
from migrate.source.syntax import children, walk

MODE_SWITCHES = frozenset({"disable_eager_execution", "disable_v2_behavior", "disable_v2_tensorshape",
                           "disable_resource_variables", "disable_control_flow_v2", "disable_tensor_equality"})  # fmt: skip
_NEEDS_GRAPH = frozenset({"Session", "InteractiveSession", "placeholder", "placeholder_with_default", "get_variable",
                          "sparse_placeholder", "global_variables_initializer", "get_default_graph", "train.Saver",
                          "train.MonitoredTrainingSession", "variable_scope"})  # fmt: skip
PLACEHOLDERS = frozenset({"placeholder", "placeholder_with_default", "sparse_placeholder"})
_NOT_EAGER = frozenset({"disable_eager_execution", "disable_v2_behavior"})
_MEANS_TF2 = re.compile(
    rb"\bsaved_model\.save\(|\bsaved_model\.load\([^,()]+, tags=|\bwrap_function\(|\bGradientTape\("
    rb"|^[ \t]*@tf\.function\b|\btf\.Module\)",
    re.MULTILINE,
)
_KEEPS = re.compile(rb"disable_eager_execution|disable_v2_behavior|migrate")


def switches_mode(symbols: Symbols, switches: Collection[str] = MODE_SWITCHES) -> bool:
    """Whether a module calls `tf.disable_v2_behavior()` or the like."""
    return not symbols.once(switches_mode, lambda: _called(symbols)).isdisjoint(switches)


def _called(symbols: Symbols) -> set[str | None]:
    """What the calls of a module mean, where they stand or in a scope around them."""
    return {
        symbols.resolve(node.func, scope)
        for scope in symbols.scopes()
        if not isinstance(scope.node, ast.Lambda)
        for node in walk(scope.node)
        if isinstance(node, ast.Call)
    }


def bridge_import(symbols: Symbols) -> ast.AST | None:
    """Where a module imports the bridge: it has been rewritten before, and its sessions stay."""
    for scope in symbols.scopes():
        for bindings in scope.bindings.values():
            for binding in bindings:
                if isinstance(binding, Imported) and binding.qualified.startswith("migrate.bridge"):
                    return binding.node
    return None


def keeps_sessions(data: bytes) -> bool:
    """Whether a file switches to TF1's behaviour, or hands sessions to the bridge; False for what is no Python.

    Args:
        data: What the file holds.
    """
    if _KEEPS.search(data) is None:
        return False
    try:
        symbols = Symbols(ast.parse(decode(data).text if is_notebook(data) else data))
    except (SyntaxError, ValueError, RecursionError, MemoryError, MigrateError):
        return False
    return switches_mode(symbols, _NOT_EAGER) or bridge_import(symbols) is not None


def means_tf2(data: bytes) -> bool:
    """Whether a file has code that only works with TF2's own behaviour, by its text.

    Args:
        data: What the file holds.
    """
    return _MEANS_TF2.search(code_lines(data)) is not None


def graph_code(
    symbols: Symbols,
    done: Collection[ScopeNode],
    *,
    entered: bool = False,
    names: Collection[str] = _NEEDS_GRAPH,
    but: ast.AST | None = None,
) -> ast.AST | None:
    """A place outside some functions where TF1 code builds or runs the default graph; None where there is none.

    Args:
        symbols: The module's names.
        done: The functions to leave out.
        entered: Whether code that enters a graph of its own counts too.
        names: What builds or runs a graph.
        but: A call that does not count.
    """
    for statement in symbols.tree.body:
        found = _graph_code_below(statement, symbols, done, entered, names, but)
        if found is not None and (entered or statement not in entered_definitions(symbols, done)):
            return found
    return None


def _graph_code_below(
    statement: ast.stmt,
    symbols: Symbols,
    done: Collection[ScopeNode],
    entered: bool,
    names: Collection[str],
    but: ast.AST | None,
) -> ast.AST | None:
    pending: list[tuple[ast.AST, ScopeNode]] = [(statement, symbols.tree)]
    while pending:
        node, owner = pending.pop()
        if not entered and isinstance(node, ast.With) and any(enters_graph(i.context_expr) for i in node.items):
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            owner = node
        if isinstance(node, ast.Call) and owner not in done and node is not but:
            scope = symbols.scope_of(owner)
            if symbols.resolve(node.func, scope) in names:
                return node
        pending += [(child, owner) for child in children(node)]
    return None


def builds_graph(node: ScopeNode, symbols: Symbols) -> bool:
    """Whether a function, or a function inside it, builds or runs a graph."""
    pending: list[tuple[ast.AST, ScopeNode]] = [(child, node) for child in children(node)]
    while pending:
        child, owner = pending.pop()
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            owner = child
        if isinstance(child, ast.Call) and symbols.resolve(child.func, symbols.scope_of(owner)) in _NEEDS_GRAPH:
            return True
        pending += [(inner, owner) for inner in children(child)]
    return False
