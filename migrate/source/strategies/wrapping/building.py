"""Which code builds some of a graph, and which only looks at one that is there."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence

from migrate.source.strategies.wrapping.nodes import calls_of, reached
from migrate.source.symbols import Assigned, Bound, Imported, Scope, Symbols
from migrate.source.syntax import children, walk
from migrate.source.view import ModuleView

_IDLE = ("app", "flags", "gfile", "logging", "compat", "ConfigProto", "GPUOptions", "GraphOptions", "Session",
         "reset_default_graph", "train.latest_checkpoint", "train.get_checkpoint_state", "saved_model", "io.gfile",
         "OptimizerOptions", "errors", "VERSION", "__version__", "GraphDef", "MetaGraphDef", "graph_util", "lite",
         "train.write_graph", "io.write_graph", "python.tools")  # fmt: skip
"""What builds no graph."""
LOADS = frozenset({"saved_model.loader.load", "saved_model.load"})
"""What loads a SavedModel into a session."""
_LOOKS = frozenset({"train.Saver", "train.init_from_checkpoint", "global_variables", "trainable_variables", "group",
                    "local_variables", "initialize_all_variables", "train.ExponentialMovingAverage"})  # fmt: skip
"""What needs a graph that is there already."""
HARMLESS = frozenset({
    *sys.stdlib_module_names, "numpy", "scipy", "pandas", "six", "absl", "PIL", "cv2", "yaml", "matplotlib", "sklearn",
    "tqdm", "h5py", "easydict", "google", "requests", "future", "past", "imageio", "skimage", "nltk", "jieba", "click",
    "migrate",
})  # fmt: skip
"""Packages that know nothing of TensorFlow."""
_OF_TEXT = frozenset({"lower", "upper", "strip", "format", "encode", "decode", "startswith", "endswith", "capitalize"})
"""Methods of texts, whatever module the text comes from."""


def makes_tensors(statement: ast.stmt, scope: Scope, view: ModuleView) -> bool:
    """Whether a statement makes a part of a graph, and does not only look at one that is there.

    Args:
        statement: The statement.
        scope: Of the function, or the module, that it stands in.
        view: The module.
    """
    symbols = view.symbols
    for around, node in calls_of(scope, symbols):
        if statement.lineno <= node.lineno <= (statement.end_lineno or statement.lineno):
            name = symbols.resolve(node.func, around)
            if name is not None:
                looks = name.endswith("initializer") or name.startswith("get_") or name in _LOOKS
                if not looks and call_builds(node, around, symbols):
                    return True
            elif call_builds(node, around, symbols):
                parent = view.parents[node]
                if not isinstance(parent, ast.Expr):
                    return True
    return False


def may_build(statement: ast.stmt, scope: Scope, view: ModuleView, session: ast.Call | None = None) -> bool:
    """Whether a statement may build some of a graph, or look at it.

    Args:
        statement: The statement.
        scope: Of the function, or the module, that it stands in.
        view: The module.
        session: The call that makes the session, which does not count.
    """
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call) and node is not session and call_builds(node, scope, view.symbols):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            pending += children(node)
    return False


_DEEP = 5


def call_builds(call: ast.Call, scope: Scope, symbols: Symbols, *, deep: bool = True) -> bool:
    """Whether a call may add to a graph.

    Args:
        call: The call.
        scope: Where it stands.
        symbols: The module's names.
        deep: Whether functions of the file are looked into.
    """
    name = symbols.resolve(call.func, scope)
    if name is not None:
        return name in LOADS or not any(name == idle or name.startswith(f"{idle}.") for idle in _IDLE)
    if isinstance(call.func, ast.Attribute) and call.func.attr in _OF_TEXT:
        return False
    root: ast.expr = call.func
    while isinstance(root, (ast.Attribute, ast.Call, ast.Subscript)):
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name):
        return False
    owner = scope.owner(root.id)
    for binding in owner.bindings[root.id] if owner is not None else ():
        match binding:
            case Imported(qualified=qualified):
                if qualified.partition(".")[0] not in HARMLESS | {"tensorflow"}:
                    return True
            case Bound(node=ast.ImportFrom()):
                return True
            case Bound(node=(ast.FunctionDef() | ast.ClassDef()) as made) if deep:
                if _definition_builds(made, symbols):
                    return True
            case Bound(node=ast.arg()) if _is_self(root.id, scope):
                return True
            case Assigned(value=value) if deep and _may_build(value, scope, symbols):
                return True
            case Assigned() | Bound():
                continue
    return False


def _may_build(value: ast.expr | None, scope: Scope, symbols: Symbols, depth: int = 0) -> bool:
    """Whether a value is a function that adds to a graph, or a table of such: `INPUTS = {"rows": rows_input}`."""
    if value is None or depth > _DEEP or any(isinstance(node, ast.Call) for node in walk(value)):
        return False
    for name in {node.id for node in walk(value) if isinstance(node, ast.Name)}:
        owner = scope.owner(name)
        for binding in owner.bindings[name] if owner is not None else ():
            match binding:
                case Bound(node=(ast.FunctionDef() | ast.ClassDef()) as made) if _definition_builds(made, symbols):
                    return True
                case Assigned(value=inner) if inner is not value and _may_build(inner, scope, symbols, depth + 1):
                    return True
    return False


def _definition_builds(made: ast.FunctionDef | ast.ClassDef, symbols: Symbols) -> bool:
    """Whether a call of a function or class of the file may add to a graph."""

    def work_out() -> bool:
        return any(
            call_builds(node, around, symbols, deep=False)
            for one in _scopes(made, symbols)
            for around, node in calls_of(one, symbols)
        )

    return symbols.once((call_builds, made), work_out)


def _is_self(name: str, scope: Scope) -> bool:
    """Whether a name is the object of a method, whose other methods may do anything."""
    node = scope.node
    if scope.parent is None or not isinstance(scope.parent.node, ast.ClassDef) or not isinstance(node, ast.FunctionDef):
        return False
    return bool(node.args.args) and node.args.args[0].arg == name


def _scopes(node: ast.FunctionDef | ast.ClassDef, symbols: Symbols) -> Sequence[Scope]:
    if isinstance(node, ast.FunctionDef):
        return reached(symbols.scope_of(node), symbols)
    methods = [child for child in node.body if isinstance(child, ast.FunctionDef)]
    return [scope for method in methods for scope in reached(symbols.scope_of(method), symbols)]
