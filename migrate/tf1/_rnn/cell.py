"""The base class of recurrent cells, and zero states."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.arguments import floating
from migrate.tf1._rnn.layer import ScopedLayer


def check_cell(name: str, cell: Any) -> None:
    """Refuses what cannot be used as a recurrent cell."""
    missing = [each for each in ("output_size", "state_size") if not _has(cell, each)]
    if not (_has(cell, "zero_state") or _has(cell, "get_initial_state")):
        missing.append("zero_state")
    if missing or not callable(cell):
        raise TypeError(f"`{name}` ({cell!r}) is not an RNNCell: it lacks {', '.join(missing) or '__call__'}.")


def _has(owner: Any, name: str) -> bool:
    try:
        getattr(owner, name)
    except AttributeError:
        return False
    return True


def check_inputs(*values: Any) -> None:
    """Refuses integers where a cell multiplies matrices."""
    for each in tf.nest.flatten(values):
        floating(each.dtype)


def last_dimension(shape: Any) -> int:
    """The number of columns of the inputs, which has to be known."""
    columns = tf.TensorShape(shape).as_list()[-1]
    if columns is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {shape}")
    return int(columns)


class RNNCell(ScopedLayer):
    """A recurrent cell: `state_size`, `output_size`, and `call(inputs, state)` or `__call__` of a subclass."""

    _is_tf_rnn_cell = True
    _entered_scope: Any = None

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """Runs one step; variables that `call` makes are in a scope named after the class."""
        if scope is not None:
            with tf.compat.v1.variable_scope(scope, custom_getter=self._getter) as opened:
                return self._call_in_scope(inputs, state, scope=opened)
        if self._entered_scope is None:
            self._entered_scope = tf.compat.v1.variable_scope(
                tf.compat.v1.get_variable_scope(), custom_getter=self._getter
            )
        with self._entered_scope:
            return self._call_in_scope(inputs, state)

    def _getter(self, getter: Any, *args: Any, **kwargs: Any) -> Any:
        if tf.compat.v1.executing_eagerly_outside_functions():
            # dynamic_rnn sets a function, with which no variable can be made in tf.compat.v1.wrap_function.
            kwargs["caching_device"] = None
        variable = getter(*args, **kwargs)
        self._keep(variable)
        return variable

    @property
    def state_size(self) -> Any:
        """An integer or a TensorShape, or a nested tuple of them."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """An integer or a TensorShape, or a nested tuple of them."""
        raise NotImplementedError("Abstract method")

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """Zeros, in the number and of the type of the inputs where these are given."""
        if inputs is not None:
            inputs = tf.convert_to_tensor(inputs, name="inputs")
            static = tf.compat.dimension_value(inputs.shape[0])
            if batch_size is not None:
                given = tf.get_static_value(batch_size) if tf.is_tensor(batch_size) else batch_size
                if static != given:
                    raise ValueError(f"The inputs are {static}, but batch_size is {given}.")
            if dtype is not None and inputs.dtype != dtype:
                raise ValueError(f"The inputs are {inputs.dtype.name}, but dtype is {tf.as_dtype(dtype).name}.")
            batch_size = static or tf.shape(inputs)[0]
            dtype = inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError(f"An initial state needs batch_size and dtype, not {batch_size} and {dtype}.")
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros in the structure of `state_size`, for so many rows."""
        with tf.compat.v1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return tf.nest.map_structure(lambda size: zeros(batch_size, size, dtype), self.state_size)


class LayerRNNCell(RNNCell):
    """A cell whose variables are made in `build`."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Runs one step."""
        return self._call_in_scope(inputs, state, *args, scope=scope, **kwargs)


def zeros(batch_size: Any, size: Any, dtype: Any) -> Any:
    """Zeros of a size that may be a number, a shape or a tensor, for so many rows."""
    rows, static_rows = _part(batch_size)
    columns, static_columns = _part(size)
    made = tf.zeros(tf.concat([rows, columns], 0), dtype=dtype)
    made.set_shape(static_rows.concatenate(static_columns))
    return made


def _part(size: Any) -> tuple[Any, Any]:
    """Dimensions of a shape: as a vector, and as far as they are known."""
    if tf.is_tensor(size):
        if size.shape.rank not in (0, 1):
            raise ValueError(f"A size must be a scalar or a vector, not {size}.")
        known = tf.get_static_value(size)
        if known is not None:
            static = tf.TensorShape(known)
        else:
            static = tf.TensorShape([None] * (1 if size.shape.rank == 0 else size.shape[0]))
        return (tf.expand_dims(size, 0) if size.shape.rank == 0 else size), static
    static = tf.TensorShape(size)
    if not static.is_fully_defined():
        raise ValueError(f"A zero state needs sizes that are known, not {size}; give the batch size as a tensor.")
    return tf.constant(static.as_list(), dtype=tf.int32), static
