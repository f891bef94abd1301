"""LSTM cells whose gates are convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell
from migrate.tf1._rnn.lstm import LSTMStateTuple

v1 = tf.compat.v1


class ConvLSTMCell(RNNCell):
    """Over inputs of a shape with 1, 2 or 3 dimensions and channels; variables `kernel` and `biases`."""

    def __init__(
        self,
        conv_ndims: int,
        input_shape: Sequence[int],
        output_channels: int,
        kernel_shape: Sequence[int],
        use_bias: bool = True,
        skip_connection: bool = False,
        forget_bias: float = 1.0,
        initializers: Any = None,  # noqa: ARG002 - not used by TensorFlow 1 either
        name: str = "conv_lstm_cell",
    ) -> None:
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        self._conv_ndims = conv_ndims
        self._output_channels = output_channels
        self._kernel_shape = list(kernel_shape)
        self._use_bias = use_bias
        self._forget_bias = forget_bias
        self._skip_connection = skip_connection
        place = list(input_shape)[:-1]
        size = tf.TensorShape([*place, output_channels])
        self._state_size = LSTMStateTuple(size, size)
        self._output_size = tf.TensorShape([*place, output_channels + (input_shape[-1] if skip_connection else 0)])

    @property
    def state_size(self) -> Any:
        """The shape of the outputs, twice."""
        return self._state_size

    @property
    def output_size(self) -> Any:
        """The shape of the outputs."""
        return self._output_size

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c, hidden = state
        both = tf.concat([inputs, hidden], axis=-1)
        channels = 4 * self._output_channels
        shape = [*self._kernel_shape, tf.compat.dimension_value(both.shape[-1]), channels]
        kernel = v1.get_variable("kernel", shape, dtype=inputs.dtype)
        gates = tf.nn.convolution(both, kernel, padding="SAME")
        if self._use_bias:
            zeros = v1.constant_initializer(0.0, dtype=inputs.dtype)
            gates += v1.get_variable("biases", [channels], dtype=inputs.dtype, initializer=zeros)
        i, j, f, o = tf.split(gates, 4, axis=self._conv_ndims + 1)
        c = tf.sigmoid(f + self._forget_bias) * c + tf.sigmoid(i) * tf.tanh(j)
        output = tf.tanh(c) * tf.sigmoid(o)
        if self._skip_connection:
            output = tf.concat([output, inputs], axis=-1)
        return output, LSTMStateTuple(c, output)


class Conv1DLSTMCell(ConvLSTMCell):
    """With one dimension."""

    def __init__(self, name: str = "conv_1d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """With two dimensions."""

    def __init__(self, name: str = "conv_2d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """With three dimensions."""

    def __init__(self, name: str = "conv_3d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=3, name=name, **kwargs)
