"""Traces prepared graphs into TF2 functions: `wrap_function` over `import_graph_def`, state captured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.state import TABLES
from migrate.graph.tensors import Tensor
from migrate.graph.values import first_line
from migrate.signatures.quiet import import_tensorflow, quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from migrate.graph.lift import Lifted
    from migrate.graph.prepare import Prepared


def concrete_function(prepared: Prepared, lifted: Lifted) -> Any:
    """The ConcreteFunction of a signature: keyword arguments in, a dictionary of tensors out.

    Args:
        prepared: The graph and what goes in and out.
        lifted: The variables, tables and assets that it captures.

    Raises:
        MigrateError: TensorFlow cannot import the graph; the message has the first line of its reason.
    """
    tf = import_tensorflow()
    specs = [
        tf.TensorSpec(tf.TensorShape(argument.shape), tf.dtypes.as_dtype(argument.dtype), name=argument.name)
        for argument in prepared.arguments
    ]

    def call(*arguments: Any) -> Any:
        given = {argument.placeholder: value for argument, value in zip(prepared.arguments, arguments, strict=True)}
        return dict(zip(*_import(prepared, lifted, given), strict=True))

    function = _traced(prepared.key, call, specs)
    # wrap_function knows positions only; a signature is called by keyword (as in TF's load_v1_in_v2.py).
    function._arg_keywords = [argument.name for argument in prepared.arguments]
    function._num_positional_args = int(len(prepared.arguments) == 1)
    return function


def import_prepared(prepared: Prepared, lifted: Lifted) -> Any:
    """Imports a graph without arguments into the graph that is being built.

    Returns:
        The value it returns; where it only runs operations, a constant that waits for them.
    """
    tf = import_tensorflow()
    _, values = _import(prepared, lifted, {})
    return values[0] if values else tf.constant(1.0)


def operations_function(prepared: Prepared, lifted: Lifted) -> Any:
    """The ConcreteFunction that runs a prepared graph's operations; it takes nothing.

    Raises:
        MigrateError: TensorFlow cannot import the graph.
    """
    return _traced(prepared.key, lambda: import_prepared(prepared, lifted), [])


def fill_tables_function(imports: Mapping[str, tuple[str, str]], lifted: Lifted) -> Any:
    """The ConcreteFunction that puts into mutable tables what they held when they were saved.

    Args:
        imports: For each table, the names of the variables with its keys and values.
        lifted: The tables and variables.
    """
    tf = import_tensorflow()

    def fill() -> Any:
        graph = tf.compat.v1.get_default_graph()
        filled = []
        for table, names in imports.items():
            keys, values = (lifted.variables[name] for name in names)
            for variable in (keys, values):
                graph.watch_variable(variable)
            handle = lifted.tables[table].resource_handle
            filled.append(
                tf.raw_ops.LookupTableImportV2(table_handle=handle, keys=keys.read_value(), values=values.read_value())
            )
        graph.control_outputs.extend(filled)
        with tf.control_dependencies(filled):
            return tf.constant(1.0)

    with quiet():
        return tf.compat.v1.wrap_function(fill, [])


def _traced(key: str, call: Callable[..., Any], specs: Sequence[Any]) -> Any:
    tf = import_tensorflow()
    try:
        with quiet():
            return tf.compat.v1.wrap_function(call, specs)
    except MigrateError:
        raise
    except Exception as error:
        raise MigrateError(
            f"{key}: TensorFlow {tf.__version__} cannot import its graph: {first_line(error)}"
        ) from error


def _import(prepared: Prepared, lifted: Lifted, given: dict[str, Any]) -> tuple[list[str], list[Any]]:
    tf = import_tensorflow()
    graph = tf.compat.v1.get_default_graph()
    outside = dict(given)
    for tensor, placeholder in prepared.assets:
        outside[placeholder] = graph.capture(lifted.assets[tensor].asset_path)
    body = protos.graph_def()
    body.versions.CopyFrom(prepared.graph_def.versions)
    body.library.CopyFrom(prepared.graph_def.library)
    for node in prepared.graph_def.node:
        if node.name in outside:
            continue
        if node.op == "VarHandleOp":
            variable = lifted.variable_nodes[node.name]
            graph.watch_variable(variable)
            outside[node.name] = graph.capture(variable.handle)
        elif node.op in TABLES and node.name in lifted.tables:
            outside[node.name] = graph.capture(lifted.tables[node.name].resource_handle)
        else:
            body.node.add().CopyFrom(node)
    for node in body.node:
        # What comes from outside is there before anything runs.
        inputs = [text for text in node.input if not (text.startswith("^") and text[1:] in outside)]
        if len(inputs) < len(node.input):
            del node.input[:]
            node.input.extend(inputs)
    taken = {text.removesuffix(":0") for node in body.node for text in node.input}
    inner = [returned.tensor for returned in prepared.returned if returned.tensor.node not in outside]
    imported = tf.graph_util.import_graph_def(
        body,
        name="",
        input_map={f"{name}:0": value for name, value in outside.items() if name in taken},
        return_elements=[*map(str, inner), *prepared.operations],
    )
    found: dict[Tensor, Any] = dict(zip(inner, imported, strict=False))
    operations = imported[len(inner) :]
    if operations:
        # Without this, TensorFlow drops them where it inlines the function and nobody takes its value.
        graph.control_outputs.extend(operations)
    names, values = [], []
    with tf.control_dependencies(operations):
        for returned in prepared.returned:
            value = found[returned.tensor] if returned.tensor in found else outside[returned.tensor.node]
            if value.dtype != tf.resource:
                value = tf.identity(value)
            _narrow(value, returned.shape)
            names.append(returned.name)
            values.append(value)
        if operations and not values:
            names.append("done")
            values.append(tf.constant(1.0))
    return names, values


def _narrow(value: Any, shape: tuple[int | None, ...] | None) -> None:
    """Tells TensorFlow what the signature declares and the graph alone does not show."""
    if shape is not None and value.shape.is_compatible_with(shape):
        value.set_shape(shape)
