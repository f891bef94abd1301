"""Finds the tensors of a graph that hold the values of its variables and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from migrate.graph.state import Table, Variable


def variable_reader(graph: Any, variable: Variable) -> Any:
    """A tensor whose only effect, when it is fetched, is to read the variable.

    A reference variable is one itself. For a resource variable, there is the read that its constructor made or
    another one like it: straight from the handle, waiting for nothing. Only where there is none, one is added.
    """
    operations = [graph.get_operation_by_name(node) for node in variable.nodes]
    if variable.is_ref:
        return operations[0].outputs[0]
    for operation in operations:
        for user in operation.outputs[0].consumers():
            if user.type == "ReadVariableOp" and _runs_alone(user):
                return user.outputs[0]
    tf = import_tensorflow()
    dtype = operations[0].get_attr("dtype")
    return _added(graph, lambda: tf.raw_ops.ReadVariableOp(resource=operations[0].outputs[0], dtype=dtype))


def table_readers(graph: Any, table: Table) -> tuple[Any, Any]:
    """Two tensors with the keys and the values of a mutable table."""
    handle = graph.get_operation_by_name(table.name).outputs[0]
    for user in handle.consumers():
        if user.type.startswith("LookupTableExport") and _runs_alone(user):
            return user.outputs[0], user.outputs[1]
    tf = import_tensorflow()
    export = tf.raw_ops.LookupTableExport if table.is_ref else tf.raw_ops.LookupTableExportV2
    added = _added(
        graph,
        lambda: export(
            table_handle=handle,
            Tkeys=tf.dtypes.as_dtype(table.key_dtype),
            Tvalues=tf.dtypes.as_dtype(table.value_dtype),
        ),
    )
    return added[0], added[1]


def _runs_alone(operation: Any) -> bool:
    return not operation.control_inputs and operation._get_control_flow_context() is None


def _added(graph: Any, make: Any) -> Any:
    tf = import_tensorflow()
    finalized = graph.finalized
    if finalized:
        graph._unsafe_unfinalize()
    try:
        with graph.as_default(), tf.control_dependencies(None), tf.name_scope("tf_migrate_read/"):
            return make()
    finally:
        if finalized:
            graph.finalize()
