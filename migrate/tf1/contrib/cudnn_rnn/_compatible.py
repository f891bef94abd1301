"""Cells with cuDNN's equations."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.basic import GRUCell
from migrate.tf1._rnn.blocks import LSTMBlockCell
from migrate.tf1._rnn.cell import last_dimension

v1 = tf.compat.v1


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """`LSTMBlockCell` without a forget bias, in a scope of its own name."""

    def __init__(self, num_units: int, reuse: Any = None) -> None:
        super().__init__(num_units, forget_bias=0.0, reuse=reuse, name="cudnn_compatible_lstm_cell")


class CudnnCompatibleGRUCell(GRUCell):
    """`GRUCell` with the reset after the multiplication."""

    def __init__(self, num_units: int, reuse: Any = None, kernel_initializer: Any = None) -> None:
        super().__init__(num_units, reuse=reuse, kernel_initializer=kernel_initializer)

    def build(self, inputs_shape: Any) -> None:
        """Makes the gates, and kernels and biases of inputs and of the state for the candidate."""
        columns, units, kernel = last_dimension(inputs_shape), self._num_units, self._kernel_initializer
        ones, zeros = v1.constant_initializer(1.0), v1.zeros_initializer()
        self._gate_kernel = self.add_variable("gates/kernel", [columns + units, 2 * units], initializer=kernel)
        self._gate_bias = self.add_variable("gates/bias", [2 * units], initializer=ones)
        shapes = {"input_projection": [columns, units], "hidden_projection": [units, units]}
        kernels = {
            name: self.add_variable(f"candidate/{name}/kernel", shape, initializer=kernel)
            for name, shape in shapes.items()
        }
        biases = {
            name: self.add_variable(f"candidate/{name}/bias", shape=[units], initializer=zeros) for name in shapes
        }
        self._of_input, self._of_hidden = [(kernels[name], biases[name]) for name in shapes]

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        gates = tf.matmul(tf.concat([inputs, state], 1), self._gate_kernel)
        r, u = tf.split(tf.sigmoid(tf.nn.bias_add(gates, self._gate_bias)), 2, axis=1)
        candidate = tf.nn.bias_add(tf.matmul(inputs, self._of_input[0]), self._of_input[1])
        candidate += r * tf.nn.bias_add(tf.matmul(state, self._of_hidden[0]), self._of_hidden[1])
        new_h = (1 - u) * self._activation(candidate) + u * state
        return new_h, new_h
