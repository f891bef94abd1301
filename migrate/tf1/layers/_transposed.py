"""`tf.layers.Conv2DTranspose` and `Conv3DTranspose`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1.layers._convolutions import ZEROS, Convolution
from migrate.tf1.layers._core import function_of
from migrate.tf1.layers._sizes import for_every_dimension, format_of_ops, transposed_length

v1 = tf.compat.v1


class TransposedConvolution(Convolution):
    """The gradient of a convolution, used as a layer."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
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
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )

    def kernel_shape(self, channels: int) -> list[int]:
        """Of the variable `kernel`: output channels come before input channels."""
        return [*self.kernel_size, self.filters, channels]

    def convolve(self, inputs: Any) -> Any:
        """The transposed convolution alone."""
        first = 2 if self.data_format == "channels_first" else 1
        dynamic = tf.shape(inputs)
        known = inputs.shape.as_list()
        lengths, knowns = [], []
        for at, (window, stride) in enumerate(zip(self.kernel_size, self.strides, strict=True)):
            lengths.append(transposed_length(dynamic[first + at], window, self.padding, stride))
            knowns.append(transposed_length(known[first + at], window, self.padding, stride))
        operation = v1.nn.conv2d_transpose if self.rank == 2 else v1.nn.conv3d_transpose
        outputs = operation(
            inputs,
            self.kernel,
            tf.stack(self._arranged(dynamic[0], lengths)),
            strides=for_every_dimension(self.strides, self.data_format),
            padding=self.padding.upper(),
            data_format=format_of_ops(self.rank, self.data_format),
        )
        outputs.set_shape(self._arranged(known[0], knowns))
        return outputs

    def _arranged(self, batch: Any, lengths: list[Any]) -> list[Any]:
        if self.data_format == "channels_first":
            return [batch, self.filters, *lengths]
        return [batch, *lengths, self.filters]


class Conv2DTranspose(TransposedConvolution):
    """`tf.layers.Conv2DTranspose`."""

    rank = 2


class Conv3DTranspose(TransposedConvolution):
    """`tf.layers.Conv3DTranspose`."""

    rank = 3


conv2d_transpose = function_of(Conv2DTranspose)
conv3d_transpose = function_of(Conv3DTranspose)
