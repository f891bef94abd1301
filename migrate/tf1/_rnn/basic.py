"""The plain cell and the gated recurrent unit."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1._rnn import arguments
from migrate.tf1._rnn.cell import LayerRNNCell, check_inputs, last_dimension


class BasicRNNCell(LayerRNNCell):
    """`output = new_state = activation(W [input, state] + b)`."""

    input_rank = 2

    def __init__(
        self,
        num_units: Any,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        arguments.floating(self.dtype)
        self._num_units = num_units
        self._activation = arguments.activation(activation)

    @property
    def state_size(self) -> Any:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The number of units."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Makes `kernel` and `bias`."""
        rows = last_dimension(inputs_shape) + self._num_units
        self._kernel = self.add_variable("kernel", shape=[rows, self._num_units])
        self._bias = self.add_variable("bias", shape=[self._num_units], initializer=tf.compat.v1.zeros_initializer())
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        check_inputs(inputs, state)
        output = self._activation(tf.nn.bias_add(tf.matmul(tf.concat([inputs, state], 1), self._kernel), self._bias))
        return output, output


class GRUCell(LayerRNNCell):
    """A gated recurrent unit, with the reset before the multiplication."""

    input_rank = 2

    def __init__(
        self,
        num_units: Any,
        activation: Any = None,
        reuse: Any = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        arguments.floating(self.dtype)
        self._num_units = num_units
        self._activation = arguments.activation(activation)
        self._kernel_initializer = arguments.initializer(kernel_initializer)
        self._bias_initializer = arguments.initializer(bias_initializer)

    @property
    def state_size(self) -> Any:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The number of units."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Makes `gates/kernel`, `gates/bias`, `candidate/kernel` and `candidate/bias`."""
        rows = last_dimension(inputs_shape) + self._num_units
        kernel, bias = self._kernel_initializer, self._bias_initializer
        ones = tf.compat.v1.constant_initializer(1.0) if bias is None else bias
        zeros = tf.compat.v1.zeros_initializer() if bias is None else bias
        units = self._num_units
        self._gate_kernel = self.add_variable("gates/kernel", shape=[rows, 2 * units], initializer=kernel)
        self._gate_bias = self.add_variable("gates/bias", shape=[2 * units], initializer=ones)
        self._candidate_kernel = self.add_variable("candidate/kernel", shape=[rows, units], initializer=kernel)
        self._candidate_bias = self.add_variable("candidate/bias", shape=[units], initializer=zeros)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        check_inputs(inputs, state)
        gates = tf.matmul(tf.concat([inputs, state], 1), self._gate_kernel)
        r, u = tf.split(tf.sigmoid(tf.nn.bias_add(gates, self._gate_bias)), 2, axis=1)
        candidate = tf.matmul(tf.concat([inputs, r * state], 1), self._candidate_kernel)
        c = self._activation(tf.nn.bias_add(candidate, self._candidate_bias))
        new_h = u * state + (1 - u) * c
        return new_h, new_h
