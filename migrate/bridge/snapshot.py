"""Writes a session's graph and values as a TF1 SavedModel, without adding to the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.bridge.assets import keep_assets
from migrate.bridge.errors import BridgeError
from migrate.bridge.readers import table_readers, variable_reader
from migrate.bridge.restore import Restored, add_restore
from migrate.bridge.sessions import graph_to_save
from migrate.bridge.signature_defs import signature_defs
from migrate.bridge.values import Readable, copy_values
from migrate.graph.source import Form, Source
from migrate.graph.tensors import Tensor
from migrate.graph.view import MetaGraphView
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from migrate.bridge.request import SaveRequest
    from migrate.graph.state import Table, Variable

_VARIABLE_LISTS = ("variables", "trainable_variables", "local_variables")
_MAIN_OP = "saved_model_main_op"
_LEGACY_INIT_OP = "legacy_init_op"
_INIT_NODE = "tf_migrate_main_op"


def write_snapshot(request: SaveRequest, session: Any, directory: Path) -> bool:
    """Writes a SavedModel of one MetaGraph into an empty directory.

    Values are written of what the signatures and the main op use, and of nothing else.

    Returns:
        Whether the graph has functions, such as the bodies of TF2's loops.

    Raises:
        BridgeError: Something that is needed has no value, or cannot be saved.
    """
    graph = graph_to_save(session, request.signatures, request.inputs, request.outputs)
    with graph.as_default():  # Variables do not describe themselves where execution is eager.
        meta_graph = _meta_graph(request, graph)
    view = MetaGraphView(Source(directory, directory, Form.SAVED_MODEL, (meta_graph,), directory), meta_graph)
    for key, slice_ in view.slices.items():
        if slice_.missing:
            raise BridgeError(f"signature {key}: the session's graph has no tensor {slice_.missing[0]}")
    used = frozenset[str]().union(*(slice_.nodes for slice_ in view.slices.values()))
    initial = view.init_slice
    tables = [table for table in view.state.tables.values() if table.name in used | initial]
    if fillers := _unfilled(tables, initial):
        _add_initialization(meta_graph, [tensor.node for tensor in view.init_operations], fillers)
        initial |= view.index.slice_of([Tensor(name, -1) for name in fillers])
    needed = used | initial
    variables = [variable for variable in view.state.variables.values() if not needed.isdisjoint(variable.nodes)]
    mutable = [table for table in tables if table.is_mutable]
    keep_assets(request.assets, graph, needed, meta_graph, directory)
    (directory / "variables").mkdir()
    readables = _readables(graph, variables, mutable)
    unset = copy_values(session, readables, directory / "variables" / "variables")
    _check_set(view, unset, initial)
    add_restore(meta_graph, [item for item in _restored(variables, mutable) if unset.isdisjoint(item.keys)])
    model = protos.saved_model()
    model.saved_model_schema_version = 1
    model.meta_graphs.add().CopyFrom(meta_graph)
    (directory / "saved_model.pb").write_bytes(model.SerializeToString())
    return bool(meta_graph.graph_def.library.function)


def _meta_graph(request: SaveRequest, graph: Any) -> Any:
    """The MetaGraphDef, with those collections that say something about its state."""
    import_tensorflow()
    from tensorflow.python.framework import meta_graph as tf_meta_graph

    meta_graph = tf_meta_graph.create_meta_graph_def(
        graph=graph, graph_def=graph.as_graph_def(add_shapes=True), collection_list=[]
    )
    if request.clear_devices:
        for node in meta_graph.graph_def.node:
            node.device = ""
    meta_graph.meta_info_def.tags.extend(map(str, request.tags))
    for name in _VARIABLE_LISTS:
        for variable in graph.get_collection(name):
            for part in _parts(variable):
                meta_graph.collection_def[name].bytes_list.value.append(_variable_def(part).SerializeToString())
    for key, definition in signature_defs(request, graph).items():
        meta_graph.signature_def[key].CopyFrom(definition)
    for name in _main_op(request.main_op, graph):
        meta_graph.collection_def[_MAIN_OP].node_list.value.append(name)
    return meta_graph


def _parts(variable: Any) -> Iterable[Any]:
    """Of a partitioned variable, the variables it consists of."""
    tf = import_tensorflow()
    # A plain variable can be iterated over as well: by its slices, which are new operations.
    return [variable] if isinstance(variable, tf.Variable) or not hasattr(variable, "__iter__") else variable


def _variable_def(variable: Any) -> Any:
    try:
        return variable.to_proto()
    except Exception:
        # Programs put things of their own into these collections; what counts is the name.
        definition = protos.variable_def()
        definition.variable_name = getattr(variable, "name", "")
        return definition


def _main_op(given: Any, graph: Any) -> list[str]:
    """The name of what runs at loading: what was passed, else what the graph was loaded with itself."""
    if given is not None:
        operation = getattr(given, "op", given)
        if getattr(operation, "graph", None) is not graph:
            raise BridgeError(f"main_op: {given!r} is no operation of the session's graph")
        return [operation.name]
    for key in (_MAIN_OP, _LEGACY_INIT_OP):
        if found := graph.get_collection(key):
            return [found[0].name]
    return []


def _unfilled(tables: Iterable[Table], initial: frozenset[str]) -> list[str]:
    """The initializers of tables that nothing would fill when the model is loaded.

    In the session they are filled, so the model would not be the same without.
    """
    return [
        name
        for table in tables
        if not table.is_mutable and initial.isdisjoint(table.initializers)
        for name in table.initializers
    ]


def _add_initialization(meta_graph: Any, main: Iterable[str], fillers: Iterable[str]) -> None:
    node = meta_graph.graph_def.node.add()
    taken = {other.name for other in meta_graph.graph_def.node}
    node.op, node.name = "NoOp", _INIT_NODE
    while node.name in taken:
        node.name += "_"
    node.input.extend(f"^{name}" for name in (*main, *fillers))
    del meta_graph.collection_def[_MAIN_OP].node_list.value[:]
    meta_graph.collection_def[_MAIN_OP].node_list.value.append(node.name)


def _readables(graph: Any, variables: Iterable[Variable], tables: Iterable[Table]) -> list[Readable]:
    found = [Readable(variable.name, variable_reader(graph, variable), variable.byte_size) for variable in variables]
    for table in tables:
        readers = table_readers(graph, table)
        found.extend(Readable(key, reader, None) for key, reader in zip(_table_keys(table), readers, strict=True))
    return found


def _restored(variables: Iterable[Variable], tables: Iterable[Table]) -> list[Restored]:
    found = [
        Restored(
            variable.nodes[0],
            "Assign" if variable.is_ref else "AssignVariableOp",
            (variable.name,),
            (_dtype_number(variable.dtype),),
        )
        for variable in variables
    ]
    found.extend(
        Restored(
            table.name,
            "LookupTableImport" if table.is_ref else "LookupTableImportV2",
            _table_keys(table),
            (_dtype_number(table.key_dtype), _dtype_number(table.value_dtype)),
        )
        for table in tables
    )
    return found


def _dtype_number(name: str) -> int:
    return int(import_tensorflow().dtypes.as_dtype(name).as_datatype_enum)


def _table_keys(table: Table) -> tuple[str, str]:
    """As TF1's Saver names them (tensorflow/python/ops/lookup_ops.py, MutableHashTable._Saveable)."""
    return f"{table.name}-keys", f"{table.name}-values"


def _check_set(view: MetaGraphView, unset: frozenset[str], initial: frozenset[str]) -> None:
    """Raises where a variable has no value and nothing sets it when the model is loaded."""
    makers = frozenset[str]().union(*(view.state.handles.writes(name) for name in initial))
    by_node = view.state.by_node
    set_by_init = {by_node[maker].name for maker in makers if maker in by_node}
    if lacking := sorted(unset - set_by_init):
        more = f" (and {len(lacking) - 1} more)" if len(lacking) > 1 else ""
        raise BridgeError(
            f"variable {lacking[0]}{more} has no value in this session, and a signature uses it; run its initializer, "
            f"or restore it, before saving"
        )
