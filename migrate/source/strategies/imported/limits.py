"""What the code of a graph may do, so that the graph surely has no variables or other state."""

from __future__ import annotations

import ast

from migrate.source.api.data import table
from migrate.source.loaded.roles import IMPORTS
from migrate.source.strategies.frozen.added import OTHER_STATE
from migrate.source.strategies.imported.calls import Calls
from migrate.source.strategies.imported.session import ImportedSession
from migrate.source.strategies.wrapping.building import LOADS, call_builds
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import Scope
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
_PLAIN = ("math.", "nn.", "image.", "strings.", "linalg.", "signal.", "spectral.", "bitwise.", "debugging.", "sparse.",
          "ragged.", "sets.", "audio.", "quantization.", "manip.", "nest.", "config.")  # fmt: skip
"""Modules whose functions make operations."""
_CLASSES = frozenset({"Assert", "Print", "SparseTensor", "SparseTensorValue", "IndexedSlices", "Dimension",
                      "FixedLenFeature", "VarLenFeature", "TensorSpec", "DType", "OpError"})  # fmt: skip
"""Classes that stand for a few operations, or for none."""
_STATE = frozenset({"get_local_variable", "create_partitioned_variables", "function", "wrap_function", "load_op_library",
                    "numpy_function", "nondifferentiable_batch_function", "make_template"})  # fmt: skip
_NN_STATE = ("_sampler", "rnn", "dropout", "sampled_softmax_loss", "nce_loss", "fractional_max_pool",
             "fractional_avg_pool")  # fmt: skip
"""Functions with cells, whose variables come from elsewhere, and such that draw numbers."""
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
    pending = [(scope, node) for scope, node in nodes_of(code.scope, symbols, inner=True) if node in inside]
    calls = Calls(symbols, pending, {*code.names, code.name})
    # The exporting function may call itself: its own code counts where it builds the graph.
    calls.seen.add(code.scope.node)
    if code.maker is not None:
        calls.read(code.maker)
    for scope, node, name in calls.of_tensorflow():
        if node is not code.call:
            imports = imports or name in IMPORTS
            loops = loops or name in _LOOPS
            _refuse_op(name, node, scope, code)
    if code.around is None and code.graph is None and not imports:
        raise Unprovable(ELSEWHERE, "the graph is built somewhere else", code.call)
    functions: set[ast.AST] = {one for one in calls.seen if isinstance(one, ast.FunctionDef)}
    return loops, functions - {code.scope.node}


def _refuse_op(name: str, node: ast.Call, scope: Scope, code: ImportedSession) -> None:
    if name in _NO_STATE or name.startswith(_ON_GRAPH_DEFS) or not call_builds(node, scope, code.view.symbols):
        return
    if name.startswith("contrib."):
        raise Unprovable(NO_EQUAL, "the graph code uses tf.contrib, which ended with TensorFlow 1", node)
    if name in LOADS:
        raise Unprovable(VARIABLE, "a SavedModel that is loaded may have variables", node)
    known = table().same | table().legacy | table().moved.keys()
    if name in _LOOPS:
        return
    if name not in known or name.startswith(OTHER_STATE) or not _is_plain(name):
        raise Unprovable(VARIABLE, f"tf.{name} may put variables or other state into the graph", node)


def _is_plain(name: str) -> bool:
    """Whether a name of TensorFlow is that of a function which makes operations without state."""
    module, _, last = name.rpartition(".")
    if last[:1].isupper():
        return last in _CLASSES
    if module and not name.startswith(_PLAIN):
        return False
    return name not in _STATE and not (module and last.endswith(_NN_STATE))
