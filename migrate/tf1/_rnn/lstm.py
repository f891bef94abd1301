"""Long short-term memory cells."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

from migrate.tf1._rnn import arguments
from migrate.tf1._rnn.cell import LayerRNNCell, check_inputs, last_dimension


class LSTMStateTuple(NamedTuple):
    """The memory `c` and the output `h`."""

    c: Any
    h: Any

    @property
    def dtype(self) -> Any:
        """The type of both, which must be the same."""
        if self.c.dtype != self.h.dtype:
            raise TypeError(f"Inconsistent internal state: {self.c.dtype} vs {self.h.dtype}")
        return self.c.dtype


class BasicLSTMCell(LayerRNNCell):
    """The plain LSTM cell; gates in the order input, candidate, forget, output."""

    input_rank = 2

    def __init__(
        self,
        num_units: Any,
        forget_bias: Any = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        arguments.floating(self.dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = arguments.activation(activation)

    @property
    def state_size(self) -> Any:
        """The units, as a tuple or twice as many."""
        return LSTMStateTuple(self._num_units, self._num_units) if self._state_is_tuple else 2 * self._num_units

    @property
    def output_size(self) -> Any:
        """The number of units."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Makes `kernel` and `bias`."""
        rows = last_dimension(inputs_shape) + self._num_units
        self._kernel = self.add_variable("kernel", shape=[rows, 4 * self._num_units])
        zeros = tf.compat.v1.zeros_initializer()
        self._bias = self.add_variable("bias", shape=[4 * self._num_units], initializer=zeros)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        check_inputs(inputs, state)
        c, h = state if self._state_is_tuple else tf.split(state, 2, axis=1)
        gates = tf.nn.bias_add(tf.matmul(tf.concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = tf.split(gates, 4, axis=1)
        # Not by operators, so that operations are called `Add` and `Mul_2`, as clients may know them.
        forget = tf.sigmoid(tf.add(f, tf.constant(self._forget_bias, dtype=f.dtype)))
        new_c = tf.add(tf.multiply(c, forget), tf.multiply(tf.sigmoid(i), self._activation(j)))
        new_h = tf.multiply(self._activation(new_c), tf.sigmoid(o))
        return new_h, LSTMStateTuple(new_c, new_h) if self._state_is_tuple else tf.concat([new_c, new_h], 1)


class LSTMCell(LayerRNNCell):
    """The LSTM cell with peepholes, clipping and projection."""

    input_rank = 2

    def __init__(
        self,
        num_units: Any,
        use_peepholes: bool = False,
        cell_clip: Any = None,
        initializer: Any = None,
        num_proj: Any = None,
        proj_clip: Any = None,
        num_unit_shards: int | None = None,
        num_proj_shards: int | None = None,
        forget_bias: Any = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        arguments.floating(self.dtype)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = arguments.initializer(initializer)
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = arguments.activation(activation)

    @property
    def _output_units(self) -> Any:
        return self._num_units if self._num_proj is None else self._num_proj

    @property
    def state_size(self) -> Any:
        """The units and the outputs, as a tuple or added."""
        # A projection to 0 columns meant none here, and one in `build`: that was an error of the caller.
        outputs = self._num_proj or self._num_units
        return LSTMStateTuple(self._num_units, outputs) if self._state_is_tuple else self._num_units + outputs

    @property
    def output_size(self) -> Any:
        """The columns of the projection, or the number of units."""
        return self._num_proj or self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Makes `kernel`, `bias`, the three peepholes and `projection/kernel`, in this order."""
        rows, units = last_dimension(inputs_shape) + self._output_units, self._num_units
        self._kernel = self.add_variable(
            "kernel",
            shape=[rows, 4 * units],
            initializer=self._initializer,
            partitioner=_shards(self._num_unit_shards),
        )
        self._bias = self.add_variable("bias", shape=[4 * units], initializer=tf.compat.v1.zeros_initializer())
        if self._use_peepholes:
            self._w_f_diag = self.add_variable("w_f_diag", shape=[units], initializer=self._initializer)
            self._w_i_diag = self.add_variable("w_i_diag", shape=[units], initializer=self._initializer)
            self._w_o_diag = self.add_variable("w_o_diag", shape=[units], initializer=self._initializer)
        if self._num_proj is not None:
            self._proj_kernel = self.add_variable(
                "projection/kernel",
                shape=[units, self._num_proj],
                initializer=self._initializer,
                partitioner=_shards(self._num_proj_shards),
            )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        check_inputs(inputs, state)
        if self._state_is_tuple:
            c, m = state
        else:
            c = tf.slice(state, [0, 0], [-1, self._num_units])
            m = tf.slice(state, [0, self._num_units], [-1, self._output_units])
        gates = tf.nn.bias_add(tf.matmul(tf.concat([inputs, m], 1), self._kernel), self._bias)
        i, j, f, o = tf.split(gates, 4, axis=1)
        if self._use_peepholes:
            c = tf.sigmoid(f + self._forget_bias + self._w_f_diag * c) * c + tf.sigmoid(
                i + self._w_i_diag * c
            ) * self._activation(j)
        else:
            c = tf.sigmoid(f + self._forget_bias) * c + tf.sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            c = tf.clip_by_value(c, -self._cell_clip, self._cell_clip)
        m = tf.sigmoid(o + self._w_o_diag * c if self._use_peepholes else o) * self._activation(c)
        if self._num_proj is not None:
            m = tf.matmul(m, self._proj_kernel)
            if self._proj_clip is not None:
                m = tf.clip_by_value(m, -self._proj_clip, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else tf.concat([c, m], 1)


def _shards(number: int | None) -> Any:
    return None if number is None else tf.compat.v1.fixed_size_partitioner(number)
