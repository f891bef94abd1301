"""`tf.layers.Conv1D`, `Conv2D` and `Conv3D`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import tensorflow as tf

from migrate.tf1.layers import _named as named
from migrate.tf1.layers._base import Layer
from migrate.tf1.layers._core import function_of
from migrate.tf1.layers._sizes import checked_format, checked_padding, for_every_dimension, format_of_ops, sizes

v1 = tf.compat.v1
ZEROS = v1.zeros_initializer()


class Convolution(Layer):
    """What all convolutions share: the arguments, the variables, bias and activation."""

    rank: ClassVar[int]

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        activation: Callable[[Any], Any] | None = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = ZEROS,
        kernel_regularizer: Callable[[Any], Any] | None = None,
        bias_regularizer: Callable[[Any], Any] | None = None,
        activity_regularizer: Callable[[Any], Any] | None = None,
        kernel_constraint: Callable[[Any], Any] | None = None,
        bias_constraint: Callable[[Any], Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable, name, activity_regularizer=activity_regularizer, **kwargs)
        self.filters = filters
        self.kernel_size = sizes(kernel_size, self.rank, "kernel_size")
        self.strides = sizes(strides, self.rank, "strides")
        self.padding = checked_padding(padding, causal=self.rank == 1)
        self.data_format = checked_format(data_format)
        self.dilation_rate = sizes(dilation_rate, self.rank, "dilation_rate")
        self.activation = named.activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self.kernel: Any = None
        self.bias: Any = None

    def kernel_shape(self, channels: int) -> list[int]:
        """Of the variable `kernel`."""
        return [*self.kernel_size, channels, self.filters]

    def build(self, input_shape: Any) -> None:
        """Makes `kernel` and, if asked for, `bias`."""
        self.kernel = self.add_weight(
            "kernel",
            self.kernel_shape(self.channels(input_shape)),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            trainable=True,
        )
        self.build_bias()
        self.built = True

    def build_bias(self) -> None:
        """Makes `bias` if asked for."""
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                [self.filters],
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                trainable=True,
            )

    def channels(self, input_shape: Any) -> int:
        """How many channels the input has."""
        shape = tf.TensorShape(input_shape)
        if shape.rank != self.rank + 2:
            raise ValueError(f"the input of {self.name} has {self.rank + 2} dimensions, not shape {shape}")
        channels = shape.as_list()[1 if self.data_format == "channels_first" else -1]
        if channels is None:
            raise ValueError(f"the channels of the input of {self.name} must be known when the graph is built")
        return int(channels)

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        return self.finish(self.convolve(inputs))

    def convolve(self, inputs: Any) -> Any:
        """The convolution alone."""
        if self.padding == "causal":
            inputs = self.pad_before(inputs)
        return convolution(
            inputs,
            self.kernel,
            self.strides,
            "VALID" if self.padding == "causal" else self.padding.upper(),
            self.data_format,
            self.dilation_rate,
        )

    def pad_before(self, inputs: Any) -> Any:
        """Zeros before the first step, so that no output depends on a later input."""
        before = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
        last = self.data_format == "channels_last"
        return tf.pad(inputs, [[0, 0], before, [0, 0]] if last else [[0, 0], [0, 0], before])

    def finish(self, outputs: Any) -> Any:
        """Adds the bias, and applies the activation."""
        if self.use_bias:
            if self.data_format == "channels_first" and self.rank == 1:
                outputs += tf.reshape(self.bias, (1, self.filters, 1))
            else:
                layout = "NCHW" if self.data_format == "channels_first" else "NHWC"
                outputs = tf.nn.bias_add(outputs, self.bias, data_format=layout)
        return outputs if self.activation is None else self.activation(outputs)


def convolution(
    inputs: Any, kernel: Any, strides: tuple[int, ...], padding: str, data_format: str, dilation_rate: tuple[int, ...]
) -> Any:
    """TensorFlow 1's `tf.nn.convolution`: dilation by moving space to the batch, which has gradients on every device."""
    rank = len(strides)
    layout = format_of_ops(rank, data_format)

    def plain(values: Any, filters: Any, padding: str) -> Any:
        if rank == 1:
            return v1.nn.conv1d(values, filters, stride=strides[0], padding=padding, data_format=layout)
        operation = v1.nn.conv2d if rank == 2 else v1.nn.conv3d
        steps = for_every_dimension(strides, data_format)
        return operation(values, filters, strides=steps, padding=padding, data_format=layout)

    if all(each == 1 for each in dilation_rate):
        return plain(inputs, kernel, padding)
    if any(each != 1 for each in strides):
        raise ValueError(f"strides {strides} and dilation_rate {dilation_rate} cannot both be other than 1")
    first = 2 if data_format == "channels_first" else 1
    return v1.nn.with_space_to_batch(
        inputs,
        dilation_rate,
        padding,
        lambda values, _, padding: plain(values, kernel, padding),
        filter_shape=kernel.shape,
        spatial_dims=range(first, first + rank),
        data_format=layout,
    )


class Conv1D(Convolution):
    """`tf.layers.Conv1D`."""

    rank = 1


class Conv2D(Convolution):
    """`tf.layers.Conv2D`."""

    rank = 2


class Conv3D(Convolution):
    """`tf.layers.Conv3D`."""

    rank = 3


conv1d = function_of(Conv1D)
conv2d = function_of(Conv2D)
conv3d = function_of(Conv3D)
