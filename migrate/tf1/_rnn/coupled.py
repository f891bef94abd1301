"""The LSTM cell that forgets as much as it takes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell, last_dimension
from migrate.tf1._rnn.layer_norm import normalized
from migrate.tf1._rnn.lstm import LSTMStateTuple

v1 = tf.compat.v1


class CoupledInputForgetGateLSTMCell(RNNCell):
    """An LSTM cell with one gate for both; variables `W_0`, `B`, `W_F_diag`, `W_O_diag`, `W_P_0`."""

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        initializer: Any = None,  # noqa: ARG002 - not used by TensorFlow 1 either: the scope's is
        num_proj: int | None = None,
        proj_clip: float | None = None,
        num_unit_shards: int = 1,
        num_proj_shards: int = 1,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Callable[[Any], Any] = tf.tanh,
        reuse: Any = None,
        layer_norm: bool = False,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    @property
    def state_size(self) -> Any:
        """The units and the outputs, as a tuple or added."""
        outputs = self.output_size
        return LSTMStateTuple(self._num_units, outputs) if self._state_is_tuple else self._num_units + outputs

    @property
    def output_size(self) -> Any:
        """The columns of the projection, or the number of units."""
        return self._num_proj or self._num_units

    def _norm(self, values: Any, scope: str) -> Any:
        return normalized(values, scope, self._norm_gain, self._norm_shift) if self._layer_norm else values

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        units, dtype = self._num_units, inputs.dtype
        c, m = state if self._state_is_tuple else tf.split(state, [units, self.output_size], axis=1)
        kernel = _sharded(
            "W", [last_dimension(inputs.shape) + self.output_size, 3 * units], dtype, self._num_unit_shards
        )
        bias = v1.get_variable("B", shape=[3 * units], initializer=v1.zeros_initializer(), dtype=dtype)
        gates = tf.matmul(tf.concat([inputs, m], 1), kernel)
        # With normalization, TensorFlow 1 made the bias and did not add it.
        gates = gates if self._layer_norm else tf.nn.bias_add(gates, bias)
        j, f, o = tf.split(gates, 3, axis=1)
        j, f, o = self._norm(j, "transform"), self._norm(f, "forget"), self._norm(o, "output")
        f, o_diag = f + self._forget_bias, None
        if self._use_peepholes:
            f += v1.get_variable("W_F_diag", shape=[units], dtype=dtype) * c
            o_diag = v1.get_variable("W_O_diag", shape=[units], dtype=dtype)
        f = tf.sigmoid(f)
        c = self._norm(f * c + (1 - f) * self._activation(j), "state")
        m = tf.sigmoid(o if o_diag is None else o + o_diag * c) * self._activation(c)
        if self._num_proj is not None:
            m = tf.matmul(m, _sharded("W_P", [units, self._num_proj], dtype, self._num_proj_shards))
            if self._proj_clip is not None:
                m = tf.clip_by_value(m, -self._proj_clip, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else tf.concat([c, m], 1)


def _sharded(name: str, shape: list[int], dtype: Any, number: int) -> Any:
    """One variable, or several with some of the rows each."""
    if number > shape[0]:
        raise ValueError(f"Too many shards: shape={shape}, num_shards={number}")
    rows, rest = divmod(shape[0], number)
    parts = [
        v1.get_variable(f"{name}_{each}", [rows + (each < rest), *shape[1:]], dtype=dtype) for each in range(number)
    ]
    return parts[0] if number == 1 else tf.concat(parts, 0, name=f"{name}/concat")
