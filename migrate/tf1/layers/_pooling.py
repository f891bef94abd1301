"""`tf.layers.MaxPooling1D` to `AveragePooling3D`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import tensorflow as tf

from migrate.tf1.layers._base import Layer, snake_case
from migrate.tf1.layers._sizes import checked_format, checked_padding, for_every_dimension, format_of_ops, sizes

v1 = tf.compat.v1


class Pooling(Layer):
    """What all poolings share."""

    rank: ClassVar[int]
    greatest: ClassVar[bool]

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if strides is None:
            raise ValueError("strides of a pooling layer must be given")
        super().__init__(name=name, **kwargs)
        self.pool_size = sizes(pool_size, self.rank, "pool_size")
        self.strides = sizes(strides, self.rank, "strides")
        self.padding = checked_padding(padding)
        self.data_format = checked_format(data_format)

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        if inputs.shape.rank != self.rank + 2:
            raise ValueError(f"the input of {self.name} has {self.rank + 2} dimensions, not shape {inputs.shape}")
        if self.rank == 1:
            at = 3 if self.data_format == "channels_first" else 2
            outputs = self._pool(tf.expand_dims(inputs, at), (*self.pool_size, 1), (*self.strides, 1))
            return tf.squeeze(outputs, at)
        return self._pool(inputs, self.pool_size, self.strides)

    def _pool(self, inputs: Any, window: tuple[int, ...], strides: tuple[int, ...]) -> Any:
        two, greatest = len(window) == 2, self.greatest
        average = v1.nn.avg_pool if two else v1.nn.avg_pool3d
        return (average if not greatest else v1.nn.max_pool if two else v1.nn.max_pool3d)(
            inputs,
            ksize=for_every_dimension(window, self.data_format),
            strides=for_every_dimension(strides, self.data_format),
            padding=self.padding.upper(),
            data_format=format_of_ops(len(window), self.data_format),
        )


class MaxPooling1D(Pooling):
    """`tf.layers.MaxPooling1D`."""

    rank, greatest = 1, True


class MaxPooling2D(Pooling):
    """`tf.layers.MaxPooling2D`."""

    rank, greatest = 2, True


class MaxPooling3D(Pooling):
    """`tf.layers.MaxPooling3D`."""

    rank, greatest = 3, True


class AveragePooling1D(Pooling):
    """`tf.layers.AveragePooling1D`."""

    rank, greatest = 1, False


class AveragePooling2D(Pooling):
    """`tf.layers.AveragePooling2D`."""

    rank, greatest = 2, False


class AveragePooling3D(Pooling):
    """`tf.layers.AveragePooling3D`."""

    rank, greatest = 3, False


def _function_of(layer: type[Pooling]) -> Callable[..., Any]:
    def function(
        inputs: Any,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
    ) -> Any:
        return layer(pool_size, strides, padding=padding, data_format=data_format, name=name)(inputs)

    function.__name__ = function.__qualname__ = snake_case(layer.__name__)
    function.__doc__ = f"`tf.layers.{function.__name__}`."
    return function


max_pooling1d = _function_of(MaxPooling1D)
max_pooling2d = _function_of(MaxPooling2D)
max_pooling3d = _function_of(MaxPooling3D)
average_pooling1d = _function_of(AveragePooling1D)
average_pooling2d = _function_of(AveragePooling2D)
average_pooling3d = _function_of(AveragePooling3D)
