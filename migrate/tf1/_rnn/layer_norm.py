"""The LSTM cell with layer normalization and recurrent dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell
from migrate.tf1._rnn.lstm import LSTMStateTuple

v1 = tf.compat.v1


class LayerNormBasicLSTMCell(RNNCell):
    """Normalizes each gate and the new memory; the bias is there only without normalization."""

    def __init__(
        self,
        num_units: Any,
        forget_bias: Any = 1.0,
        input_size: Any = None,  # noqa: ARG002 - not used by TensorFlow 1 either
        activation: Callable[[Any], Any] = tf.tanh,
        layer_norm: bool = True,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._activation = activation
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed

    @property
    def state_size(self) -> Any:
        """The units, twice."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> Any:
        """The number of units."""
        return self._num_units

    def _norm(self, values: Any, scope: str) -> Any:
        return normalized(values, scope, self._norm_gain, self._norm_shift) if self._layer_norm else values

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c, h = state
        both = tf.concat([inputs, h], 1)
        columns = 4 * self._num_units
        gates = tf.matmul(both, v1.get_variable("kernel", [both.shape[-1], columns], dtype=both.dtype))
        if not self._layer_norm:
            gates = tf.nn.bias_add(gates, v1.get_variable("bias", [columns], dtype=both.dtype))
        i, j, f, o = tf.split(gates, 4, axis=1)
        i, j = self._norm(i, "input"), self._norm(j, "transform")
        f, o = self._norm(f, "forget"), self._norm(o, "output")
        g = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            g = tf.nn.dropout(g, rate=1 - self._keep_prob, seed=self._seed)
        new_c = self._norm(c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * g, "state")
        new_h = self._activation(new_c) * tf.sigmoid(o)
        return new_h, LSTMStateTuple(new_c, new_h)


def normalized(values: Any, scope: str, gain: float, shift: float) -> Any:
    """Rows with mean 0 and variance 1, times `gamma` plus `beta`, which are in the scope."""
    shape = values.shape[-1:]
    with v1.variable_scope(scope):
        gamma = v1.get_variable("gamma", shape, dtype=values.dtype, initializer=v1.constant_initializer(gain))
        beta = v1.get_variable("beta", shape, dtype=values.dtype, initializer=v1.constant_initializer(shift))
        mean, variance = tf.nn.moments(values, [1], keepdims=True)
        # Half precision cannot hold the smaller number.
        epsilon = 1e-3 if values.dtype == tf.float16 else 1e-12
        result = tf.nn.batch_normalization(values, mean, variance, beta, gamma, epsilon)
        result.set_shape(values.shape)
        return result
