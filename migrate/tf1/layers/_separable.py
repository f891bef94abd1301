"""`tf.layers.SeparableConv1D` and `SeparableConv2D`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1.layers._convolutions import ZEROS, Convolution
from migrate.tf1.layers._core import function_of
from migrate.tf1.layers._sizes import for_every_dimension

v1 = tf.compat.v1


class SeparableConvolution(Convolution):
    """A convolution of each channel, and one of width 1 over all that gives."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Callable[[Any], Any] | None = None,
        use_bias: bool = True,
        depthwise_initializer: Any = None,
        pointwise_initializer: Any = None,
        bias_initializer: Any = ZEROS,
        depthwise_regularizer: Callable[[Any], Any] | None = None,
        pointwise_regularizer: Callable[[Any], Any] | None = None,
        bias_regularizer: Callable[[Any], Any] | None = None,
        activity_regularizer: Callable[[Any], Any] | None = None,
        depthwise_constraint: Callable[[Any], Any] | None = None,
        pointwise_constraint: Callable[[Any], Any] | None = None,
        bias_constraint: Callable[[Any], Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation=activation,
            use_bias=use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = depthwise_initializer
        self.pointwise_initializer = pointwise_initializer
        self.depthwise_regularizer = depthwise_regularizer
        self.pointwise_regularizer = pointwise_regularizer
        self.depthwise_constraint = depthwise_constraint
        self.pointwise_constraint = pointwise_constraint
        self.depthwise_kernel: Any = None
        self.pointwise_kernel: Any = None

    def build(self, input_shape: Any) -> None:
        """Makes `depthwise_kernel`, `pointwise_kernel` and, if asked for, `bias`."""
        channels = self.channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel",
            [*self.kernel_size, channels, self.depth_multiplier],
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            trainable=True,
        )
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel",
            [*(1 for _ in self.kernel_size), channels * self.depth_multiplier, self.filters],
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
            trainable=True,
        )
        self.build_bias()
        self.built = True


class SeparableConv2D(SeparableConvolution):
    """`tf.layers.SeparableConv2D`."""

    rank = 2

    def convolve(self, inputs: Any) -> Any:
        """Both convolutions."""
        return v1.nn.separable_conv2d(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            strides=for_every_dimension(self.strides, self.data_format),
            padding=self.padding.upper(),
            rate=self.dilation_rate,
            data_format="NCHW" if self.data_format == "channels_first" else "NHWC",
        )


class SeparableConv1D(SeparableConvolution):
    """`tf.layers.SeparableConv1D`: done as in two dimensions, one of them of size 1."""

    rank = 1

    def call(self, inputs: Any) -> Any:
        """The outputs; the bias is added while there are two dimensions."""
        if self.padding == "causal":
            inputs = self.pad_before(inputs)
        at = 2 if self.data_format == "channels_first" else 1
        layout = "NCHW" if self.data_format == "channels_first" else "NHWC"
        outputs = v1.nn.separable_conv2d(
            tf.expand_dims(inputs, at),
            tf.expand_dims(self.depthwise_kernel, 0),
            tf.expand_dims(self.pointwise_kernel, 0),
            strides=for_every_dimension(self.strides * 2, self.data_format),
            padding="VALID" if self.padding == "causal" else self.padding.upper(),
            rate=(1, *self.dilation_rate),
            data_format=layout,
        )
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias, data_format=layout)
        outputs = tf.squeeze(outputs, [at])
        return outputs if self.activation is None else self.activation(outputs)


separable_conv1d = function_of(SeparableConv1D)
separable_conv2d = function_of(SeparableConv2D)
