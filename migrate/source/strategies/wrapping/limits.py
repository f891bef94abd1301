"""What graph-building code may not do, if it is to run under TF2's own behaviour and be saved by TF2."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.api import canonical
from migrate.source.api.data import table
from migrate.source.respelled import respelled_calls
from migrate.source.strategies.bridge_limits import names_of
from migrate.source.strategies.frozen.ops import TABLE_INITIALIZERS
from migrate.source.strategies.wrapping.init_ops import is_none
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.strategies.wrapping.place import LOADS
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
_STATE = frozenset({"assign", "assign_add", "assign_sub", "count_up_to", "scatter_update", "scatter_add", "scatter_sub",
                    "scatter_nd_update", "scatter_nd_add", "scatter_mul", "scatter_div"})  # fmt: skip
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
IMPORTS = LOADS | {"train.import_meta_graph"}
"""What makes variables that are references."""
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
                if name is not None:
                    _refuse_name(name, node, session, live=live, ordered=ordered)
                elif isinstance(node, ast.Name):
                    reason = PACKAGES.get((symbols.qualified(node, around) or "").partition(".")[0])
                    if reason is not None:
                        raise Unprovable(ELSEWHERE, f"the graph code uses {reason}", node)


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
    if name in _STATE and (ordered or not live):
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


def changes_state(symbols: Symbols, scopes: Iterable[Scope] | None = None) -> bool:
    """Whether a module has assignments to variables.

    Args:
        symbols: Its names.
        scopes: The functions that count; all of the module where there are none given.
    """
    return any(
        isinstance(node, ast.Attribute) and node.attr in _STATE
        for scope in scopes or [symbols.module]
        for _, node in nodes_of(scope, symbols, inner=scopes is None)
    )


def makes_tables(symbols: Symbols, scopes: Iterable[Scope]) -> bool:
    """Whether code makes lookup tables.

    Args:
        symbols: The module's names.
        scopes: Its functions.
    """
    return any(
        isinstance(node, (ast.Name, ast.Attribute)) and is_of_tables(symbols.resolve(node, around) or "")
        for scope in scopes
        for around, node in nodes_of(scope, symbols)
    )


def fills_tables(symbols: Symbols, scopes: Iterable[Scope]) -> bool:
    """Whether code asks for the initializers of tables.

    Args:
        symbols: The module's names.
        scopes: Its functions.
    """
    return any(
        isinstance(node, (ast.Name, ast.Attribute)) and symbols.resolve(node, around) in TABLE_INITIALIZERS
        for scope in scopes
        for around, node in nodes_of(scope, symbols)
    )


def imports_meta_graphs(symbols: Symbols, scopes: Iterable[Scope]) -> bool:
    """Whether code imports MetaGraphDefs, alone or with a SavedModel, whose variables may be references.

    Args:
        symbols: The module's names.
        scopes: Its functions.
    """
    return any(
        isinstance(node, (ast.Name, ast.Attribute)) and symbols.resolve(node, around) in IMPORTS
        for scope in scopes
        for around, node in nodes_of(scope, symbols)
    )


def loads_models(symbols: Symbols, scopes: Iterable[Scope]) -> bool:
    """Whether code loads SavedModels into sessions.

    Args:
        symbols: The module's names.
        scopes: Its functions.
    """
    return any(
        isinstance(node, (ast.Name, ast.Attribute)) and symbols.resolve(node, around) in LOADS
        for scope in scopes
        for around, node in nodes_of(scope, symbols)
    )


def is_of_tables(name: str) -> bool:
    """Whether a name of TensorFlow is one for lookup tables."""
    return not {"lookup", "lookup_ops"}.isdisjoint(name.split("."))


def reads_dimensions(scopes: Iterable[Scope], symbols: Symbols) -> bool:
    """Whether code reads the `.value` of dimensions, which only shapes of TF1's kind have, or takes one for None."""
    return any(
        (isinstance(node, ast.Attribute) and is_dimension(node, scope.node))
        or (isinstance(node, ast.Compare) and _is_dimension_none(node, scope.node))
        for scope in scopes
        for _, node in nodes_of(scope, symbols)
    )


def _refuse_attribute(node: ast.Attribute, *, live: bool) -> None:
    if node.attr == "initialized_value":
        raise Unprovable(VARIABLE, "the graph code calls initialized_value(), which TF2's variables have not", node)
    if node.attr == "eval" and not live:
        raise Unprovable(SESSION_AFTER, "something is evaluated in the session", node)


def is_dimension(node: ast.Attribute, around: ast.AST) -> bool:
    """Whether `x.value` looks like that of a dimension of a shape.

    Args:
        node: The attribute.
        around: Code in which names get what they stand for.
    """
    if node.attr != "value" or not isinstance(node.ctx, ast.Load):
        return False
    match node.value:
        case ast.Subscript():
            return _is_shape(ast.unparse(node.value)) or isinstance(node.value.value, ast.Name)
        case ast.Name(id=name):
            for one in ast.walk(around):
                match one:
                    case ast.Assign(targets=targets, value=value) if _is_shape(ast.unparse(value)):
                        if any(isinstance(t, ast.Name) and t.id == name for r in targets for t in ast.walk(r)):
                            return True
                    case ast.comprehension(target=target) | ast.For(target=target):
                        names = {t.id for t in ast.walk(target) if isinstance(t, ast.Name)}
                        if name in names:
                            return True
    return False


def _is_dimension_none(node: ast.Compare, around: ast.AST) -> bool:
    """`x.shape[0] is None`, which is never so for TF1's dimensions."""
    if not any(isinstance(one, ast.Constant) and one.value is None for one in node.comparators):
        return False
    if not isinstance(node.left, ast.Name):
        return _is_one_dimension(node.left)
    for one in ast.walk(around):
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == node.left.id:
                if _is_one_dimension(value):
                    return True
    return False


def refuse_dimension_none(tree: ast.Module) -> None:
    """Refuses code in which a dimension may be None, as those of TF2's shapes may.

    Raises:
        Unprovable: It compares one with None.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and _is_dimension_none(node, tree):
            raise Unprovable(MODE, "a dimension is compared with None, which TF1's never was", node)


def _is_one_dimension(node: ast.expr) -> bool:
    match node:
        case ast.Subscript(value=ast.Attribute(attr="shape") | ast.Call(func=ast.Attribute(attr="get_shape"))):
            return True
    return False


def _is_shape(text: str) -> bool:
    return "shape" in text or "dims" in text
