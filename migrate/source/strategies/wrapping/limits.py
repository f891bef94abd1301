"""What graph-building code may not do, if it is to run under TF2's own behaviour and be saved by TF2."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.api import canonical
from migrate.source.api.data import table
from migrate.source.respelled import respelled_calls
from migrate.source.strategies.bridge_limits import names_of
from migrate.source.strategies.wrapping.building import LOADS
from migrate.source.strategies.wrapping.init_ops import is_none
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.strategies.wrapping.traits import STATE
from migrate.source.strategies.wrapping.variable_collections import refuse_collections
from migrate.source.symbols import Scope, Symbols
from migrate.source.tf1.moves import moves_of
from migrate.source.unprovable import (
    ELSEWHERE,
    INPUT,
    MODE,
    NO_EQUAL,
    SESSION_AFTER,
    SIDE_EFFECTS,
    VARIABLE,
    Unprovable,
)
from migrate.source.view import ModuleView

MARK = "compat.v1.wrap_function(import_graph, [])"
"""What the class of a wrapped graph says."""
_SPELLED = ("tensorflow.compat.v1", "tensorflow.python", "tensorflow.core")
_TENSORS = frozenset({"constant", "zeros", "ones", "fill", "convert_to_tensor", "placeholder", "Variable", "range",
                      "placeholder_with_default", "get_variable", "cast", "random_normal", "random_uniform", "eye",
                      "truncated_normal", "stack", "concat", "one_hot", "to_float", "identity"})  # fmt: skip
_PYTHON = frozenset({"py_func", "py_function", "numpy_function"})
_SESSIONS = frozenset({"Session", "InteractiveSession", "get_default_session", "train.MonitoredTrainingSession",
                       "train.MonitoredSession", "train.Supervisor"})  # fmt: skip
_LIVE = frozenset({"Session", "InteractiveSession", "get_default_session"})
_BATCHES = frozenset({"get_next", "make_one_shot_iterator", "make_initializable_iterator", "dequeue", "dequeue_many",
                      "batch_join", "shuffle_batch", "string_input_producer", "slice_input_producer"})  # fmt: skip
PACKAGES = {
    "keras": "Keras, which has sessions of its own",
    "tensorflow_hub": "tensorflow_hub, whose modules for graphs ended with TensorFlow 1",
    "tf_slim": "tf_slim, whose variables are those of TensorFlow 1",
}
"""Packages that build graphs, but not under TF2's own behaviour."""
_PARTS = (
    ("contrib.framework.py_func.", SIDE_EFFECTS, "runs Python code, which a SavedModel does not hold"),
    ("contrib.framework.assign", SIDE_EFFECTS, "changes variables"),
    ("contrib.slim.assign", SIDE_EFFECTS, "changes variables"),
    ("contrib.lookup.Mutable", SIDE_EFFECTS, "makes a table that changes while it is used"),
    ("python.keras.", ELSEWHERE, "uses Keras, which has sessions of its own"),
    ("keras.", ELSEWHERE, "uses Keras, which has sessions of its own"),
    ("estimator.", ELSEWHERE, "uses tf.estimator, which ended with TensorFlow 2.15"),
    ("lookup.experimental.", SIDE_EFFECTS, "makes a table that changes while it is used"),
    ("sparse_placeholder", INPUT, "has sparse inputs"),
)


def refuse_code(scopes: Iterable[Scope], session: ast.Call | None, symbols: Symbols, *, live: bool = False) -> None:
    """Refuses code that would not run, or whose graph could not be saved.

    Args:
        scopes: The functions, or the module.
        session: The call that makes the session.
        symbols: The module's names.
        live: Whether sessions stay, so that code may use them.

    Raises:
        Unprovable: There is such code.
    """
    scopes = list(scopes)
    ordered = live and any(_orders(scope, symbols) for scope in scopes)
    fed = any(_makes_batches(scope, symbols) for scope in scopes)
    moves = moves_of(symbols)
    respelled = {node for call in respelled_calls(symbols) for node in ast.walk(call.func)}
    apart = _apart(scopes, session, symbols)
    for scope in scopes:
        for around, node in nodes_of(scope, symbols):
            if node in respelled:
                continue
            if isinstance(node, ast.Attribute):
                _refuse_attribute(node, live=live)
            if isinstance(node, ast.keyword) and node.arg == "use_resource":
                raise Unprovable(VARIABLE, "the graph code says use_resource", node.value)
            if live and isinstance(node, ast.keyword) and node.arg == "partitioner" and not is_none(node.value):
                # The saver that an import makes reads their parts, and TF2 then asks for parts that are gone.
                raise Unprovable(VARIABLE, "the graph code partitions variables", node.value)
            if isinstance(node, ast.Call):
                name = symbols.resolve(node.func, around)
                if name == "placeholder_with_default" and fed:
                    _refuse_default(node, around, symbols)
                if name == "Variable":
                    _refuse_dependent(node, around, symbols)
                refuse_collections(node, around, symbols, live=live)
                if name == "InteractiveSession" and any(keyword.arg == "graph" for keyword in node.keywords):
                    # It would stay the default one when the graph around it ends.
                    raise Unprovable(SESSION_AFTER, "an InteractiveSession has a graph of its own", node)
            if isinstance(node, (ast.Name, ast.Attribute)):
                name = symbols.resolve(node, around)
                gone = moves.lacking.get(node) or (name if name and node not in moves.covered else None) or ""
                if gone.startswith("contrib."):
                    raise Unprovable(NO_EQUAL, f"the graph code uses tf.{gone}, which ended with TensorFlow 1", node)
                if name is not None and node not in apart:
                    _refuse_name(name, node, session, live=live, ordered=ordered)
                elif isinstance(node, ast.Name):
                    reason = PACKAGES.get((symbols.qualified(node, around) or "").partition(".")[0])
                    if reason is not None:
                        raise Unprovable(ELSEWHERE, f"the graph code uses {reason}", node)


def _apart(scopes: Iterable[Scope], session: ast.Call | None, symbols: Symbols) -> set[ast.expr]:
    """The sessions of other functions that end there: they run what their graph has, and leave nothing behind in it."""
    found: set[ast.expr] = set()
    for scope in scopes:
        nodes = nodes_of(scope, symbols)
        if not isinstance(scope.node, ast.FunctionDef) or session is None or any(node is session for _, node in nodes):
            continue
        for around, node in nodes:
            if isinstance(node, ast.With):
                calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
                found |= {call.func for call in calls if symbols.resolve(call.func, around) == "Session"}
    return found


def refuse_mixed_names(view: ModuleView) -> None:
    """Refuses a file that spells `tf.compat.v1.x`, so that plain names are TF2's, and other names of TF1 plainly.

    Raises:
        Unprovable: It does.
    """
    if not view.tensorflow.modern or MARK in view.text:
        # Of a file that has a wrapped graph by a rewrite, all names have been changed that had to be.
        return
    old = table().gone | table().legacy | table().moved.keys()
    for node, name in names_of(view):
        if name.startswith("tensorflow.") and not name.startswith(_SPELLED) and canonical(name) in old:
            reason = (
                f"{ast.unparse(node)} is TF1's, and other names are spelled tf.compat.v1, as if plain ones were TF2's"
            )
            raise Unprovable(MODE, reason, node)


def _refuse_dependent(call: ast.Call, scope: Scope, symbols: Symbols) -> None:
    """`tf.Variable(2 * other)`: TF1 gives it the other's initial value, TF2 what it holds at that time."""
    for given in [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "initial_value")]:
        for node in ast.walk(given):
            value = only_value(node.id, scope) if isinstance(node, ast.Name) else None
            if isinstance(value, ast.Call) and symbols.resolve(value.func, scope) in ("Variable", "get_variable"):
                raise Unprovable(VARIABLE, "an initial value depends on another variable", call)


def refuse_early_tensors(view: ModuleView) -> None:
    """Definitions are read before any graph is made: a tensor that they hold would be TF2's own.

    Raises:
        Unprovable: A default of a function, or an attribute of a class, may be a tensor.
    """
    symbols = view.symbols
    for node in ast.walk(view.tree):
        held: list[ast.AST] = []
        if isinstance(node, (ast.FunctionDef, ast.Lambda)) and _is_early(node, view):
            held = [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
        elif isinstance(node, ast.ClassDef) and _is_early(node, view):
            held = [one for one in node.body if isinstance(one, (ast.Assign, ast.AnnAssign))]
        for one in held:
            for call in ast.walk(one):
                name = symbols.resolve(call.func, symbols.module) if isinstance(call, ast.Call) else None
                if name is not None and name in _TENSORS:
                    raise Unprovable(ELSEWHERE, "a definition holds a tensor, which is made before the graph is", call)


def _is_early(node: ast.AST, view: ModuleView) -> bool:
    """Whether a definition is no part of a function."""
    while node in view.parents:
        node = view.parents[node]
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            return False
    return True


def _makes_batches(scope: Scope, symbols: Symbols) -> bool:
    """Whether code has iterators or queues, which TF2 cannot save."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr in _BATCHES)
        or (isinstance(node, ast.Name) and symbols.resolve(node, around) in ("train.batch", "train.shuffle_batch"))
        for around, node in nodes_of(scope, symbols)
    )


def _refuse_default(call: ast.Call, scope: Scope, symbols: Symbols) -> None:
    """The default of a placeholder is saved with it, and stays one of the signature's where it is fed."""
    given = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "input"), None)
    if isinstance(given, ast.Name):
        given = only_value(given.id, scope) or given
    match given:
        case ast.Constant() | ast.UnaryOp(operand=ast.Constant()) | ast.List() | ast.Tuple():
            return
        case ast.Call(func=function):
            name = symbols.resolve(function, scope) or ""
            if name in ("constant", "zeros", "ones", "fill"):
                return
    raise Unprovable(INPUT, "a placeholder's default may come from an iterator or a queue, which TF2 cannot save", call)


def _refuse_name(name: str, node: ast.expr, session: ast.Call | None, *, live: bool, ordered: bool) -> None:
    if name in LOADS and not live:
        raise Unprovable(SESSION_AFTER, "the session loads a SavedModel", node)
    for part, rule, reason in _PARTS:
        if f"{name}.".startswith(part) and not name.endswith("initializers.tables_initializer"):
            raise Unprovable(rule, f"the graph code {reason}", node)
    # What nothing waits for is run by the session, or is an output itself.
    if name in STATE and (ordered or not live):
        raise Unprovable(SIDE_EFFECTS, "the graph code changes variables", node)
    if name in _PYTHON:
        raise Unprovable(SIDE_EFFECTS, f"tf.{name} runs Python code, which a SavedModel does not hold", node)
    if name in _LIVE and live:
        return
    if name in _SESSIONS and (session is None or node is not session.func):
        raise Unprovable(SESSION_AFTER, "the same code has another session", node)


def _orders(scope: Scope, symbols: Symbols) -> bool:
    """Whether code makes operations wait for others."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in ("control_dependencies", "with_dependencies", "tuple")
        for _, node in nodes_of(scope, symbols)
    )


def _refuse_attribute(node: ast.Attribute, *, live: bool) -> None:
    if node.attr == "initialized_value":
        raise Unprovable(VARIABLE, "the graph code calls initialized_value(), which TF2's variables have not", node)
    if node.attr == "eval" and not live:
        raise Unprovable(SESSION_AFTER, "something is evaluated in the session", node)
