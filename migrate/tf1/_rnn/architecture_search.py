"""The cell that an architecture search found."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import LayerRNNCell, last_dimension
from migrate.tf1._rnn.lstm import LSTMStateTuple


class NASCell(LayerRNNCell):
    """Eight gates of inputs and of the last output; variables `recurrent_kernel`, `kernel`, `bias`."""

    def __init__(
        self, num_units: int, num_proj: int | None = None, use_bias: bool = False, reuse: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(_reuse=reuse, **kwargs)
        self._num_units = num_units
        self._num_proj = num_proj
        self._use_bias = use_bias

    @property
    def state_size(self) -> Any:
        """The units and the outputs."""
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self) -> Any:
        """The columns of the projection, or the number of units."""
        return self._num_units if self._num_proj is None else self._num_proj

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables."""
        columns = 8 * self._num_units
        self.recurrent_kernel = self.add_variable("recurrent_kernel", [self.output_size, columns])
        self.kernel = self.add_variable("kernel", [last_dimension(inputs_shape), columns])
        if self._use_bias:
            self.bias = self.add_variable("bias", shape=[columns], initializer=tf.compat.v1.zeros_initializer())
        if self._num_proj is not None:
            self.projection_weights = self.add_variable("projection_weights", [self._num_units, self._num_proj])
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c, m = state
        recurrent = tf.matmul(m, self.recurrent_kernel)
        if self._use_bias:
            recurrent = tf.nn.bias_add(recurrent, self.bias)
        n = tf.split(recurrent, 8, axis=1)
        x = tf.split(tf.matmul(inputs, self.kernel), 8, axis=1)
        first = tf.tanh(tf.sigmoid(x[0] + n[0]) * tf.nn.relu(x[1] + n[1]))
        second = tf.tanh(tf.sigmoid(x[2] + n[2]) + tf.nn.relu(x[3] * n[3]))
        third = tf.tanh(tf.tanh(x[4] + n[4]) * tf.sigmoid(x[5] + n[5]))
        fourth = tf.sigmoid(tf.tanh(x[6] + n[6]) + tf.sigmoid(x[7] + n[7]))
        new_c = tf.tanh(first + c) * second
        new_m = tf.tanh(new_c * tf.tanh(third + fourth))
        if self._num_proj is not None:
            new_m = tf.matmul(new_m, self.projection_weights)
        return new_m, LSTMStateTuple(new_c, new_m)
