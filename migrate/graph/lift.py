"""The TF2 objects that hold a model's state: variables, tables, assets. The one place that makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.graph.naming import module_places
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from migrate.graph.state import Variable


@dataclass
class Lifted:
    """What prepared functions capture.

    Attributes:
        variables: By TF1 name.
        variable_nodes: By the nodes that stand for them.
        tables: By node.
        assets: By the tensor that holds the path.
    """

    variables: dict[str, Any] = field(default_factory=dict)
    variable_nodes: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    assets: dict[str, Any] = field(default_factory=dict)


def make_variable(name: str, dtype: str, shape: tuple[int | None, ...] | None, *, trainable: bool) -> Any:
    """A `tf.Variable` without a value: what is saved in its place is copied from one checkpoint to the other.

    So no more than one value at a time is in memory.
    """
    tf = import_tensorflow()
    from tensorflow.python.ops.resource_variable_ops import UninitializedVariable

    return UninitializedVariable(
        name=name, dtype=tf.dtypes.as_dtype(dtype), shape=tf.TensorShape(shape), trainable=trainable
    )


def make_table(key_dtype: str, value_dtype: str, create: Callable[[], Any]) -> Any:
    """A tracked lookup table.

    Args:
        key_dtype: Of its keys.
        value_dtype: Of its values.
        create: Makes the table inside a graph and returns its handle; it is traced when the model is saved.
    """
    tf = import_tensorflow()

    class ConvertedTable(tf.saved_model.experimental.TrackableResource):  # type: ignore[misc, name-defined]
        def _create_resource(self) -> Any:
            if tf.executing_eagerly():
                # Nobody looks anything up in it before the model is loaded: any handle will do for tracing.
                return tf.raw_ops.AnonymousMutableHashTable(
                    key_dtype=tf.dtypes.as_dtype("int64"), value_dtype=tf.dtypes.as_dtype("int64")
                )
            return create()

        def _initialize(self) -> Any:
            return tf.constant(1.0)  # The model's initializer fills all its tables.

    table = ConvertedTable()
    with tf.init_scope():
        _ = table.resource_handle  # Made here, or it would be made inside the first graph that captures it.
    table.key_dtype, table.value_dtype = key_dtype, value_dtype
    return table


def make_initializer(run: Callable[[], Any]) -> Any:
    """A tracked resource whose only purpose is to run something whenever the model is loaded."""
    tf = import_tensorflow()

    class ConvertedInitializer(tf.saved_model.experimental.TrackableResource):  # type: ignore[misc, name-defined]
        def _create_resource(self) -> Any:
            return tf.constant(1.0)

        def _initialize(self) -> Any:
            return run()

    return ConvertedInitializer()


def make_module(variables: Mapping[str, Any]) -> Any:
    """A tree of `tf.Module`s that mirrors the name scopes, with the variables in their places.

    The root lists all `variables` and the `trainable_variables`: as attributes they survive saving and loading,
    where the properties of `tf.Module` do not.
    """
    tf = import_tensorflow()

    class ConvertedModel(tf.Module):  # type: ignore[misc, name-defined]
        # Plain attributes in place of the properties.
        variables: Any = None
        trainable_variables: Any = None
        non_trainable_variables: Any = None

    root = ConvertedModel()
    for name, place in module_places(variables).items():
        module = root
        for scope in place.scopes:
            if not hasattr(module, scope):
                setattr(module, scope, tf.Module())
            module = getattr(module, scope)
        setattr(module, place.attribute, variables[name])
    root.variables = list(variables.values())
    root.trainable_variables = [variable for variable in variables.values() if variable.trainable]
    root.non_trainable_variables = [variable for variable in variables.values() if not variable.trainable]
    return root


def lift_variables(variables: Iterable[Variable], lifted: Lifted) -> None:
    """Makes a `tf.Variable` for each, under its TF1 name."""
    for variable in variables:
        made = make_variable(variable.name, variable.dtype, variable.shape, trainable=variable.trainable)
        lifted.variables[variable.name] = made
        for node in variable.nodes:
            lifted.variable_nodes[node] = made


def lift_assets(files: Mapping[str, Path], lifted: Lifted) -> None:
    """Makes a `tf.saved_model.Asset` for each file; tensors that name the same file share it.

    Raises:
        MigrateError: A file is missing.
    """
    tf = import_tensorflow()
    made: dict[Path, Any] = {}
    for tensor, path in files.items():
        if not path.is_file():
            raise MigrateError(f"{path}: this asset of the model is missing")
        if path not in made:
            made[path] = tf.saved_model.Asset(str(path))
        lifted.assets[tensor] = made[path]
