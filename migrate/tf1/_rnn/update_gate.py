"""The cell with an update gate only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell
from migrate.tf1._rnn.linear import Linear


class UGRNNCell(RNNCell):
    """One gate says how much of the state stays."""

    _linear: Linear | None = None

    def __init__(
        self,
        num_units: Any,
        initializer: Any = None,
        forget_bias: Any = 1.0,
        activation: Callable[[Any], Any] = tf.tanh,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation

    @property
    def state_size(self) -> Any:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The number of units."""
        return self._num_units

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        scope = tf.compat.v1.get_variable_scope()
        with tf.compat.v1.variable_scope(scope, initializer=self._initializer):
            both = tf.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = Linear(both, 2 * self._num_units)
            gate, candidate = tf.split(self._linear(both), 2, axis=1)
            g = tf.sigmoid(gate + self._forget_bias)
            new_state = g * state + (1.0 - g) * self._activation(candidate)
        return new_state, new_state
