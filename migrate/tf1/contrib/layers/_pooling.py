"""Poolings of contrib."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._arg_scope import add_arg_scope
from migrate.tf1.contrib.layers._shared import channels_first
from migrate.tf1.contrib.layers._utils import collect_named_outputs
from migrate.tf1.layers import AveragePooling2D, AveragePooling3D, MaxPooling2D, MaxPooling3D
from migrate.tf1.layers._base import snake_case

v1 = tf.compat.v1


def _of(layer_class: Any, default_scope: str, formats: tuple[str, str]) -> Callable[..., Any]:
    def pooling(
        inputs: Any,
        kernel_size: Any,
        stride: Any = 2,
        padding: str = "VALID",
        data_format: str = formats[0],
        outputs_collections: Any = None,
        scope: str | None = None,
    ) -> Any:
        layout = channels_first(data_format, formats)
        with v1.name_scope(scope, default_scope, [inputs]) as at:
            inputs = tf.convert_to_tensor(inputs)
            layer = layer_class(kernel_size, stride, padding=padding, data_format=layout, _scope=at)
            return collect_named_outputs(outputs_collections, at, layer(inputs))

    pooling.__name__ = pooling.__qualname__ = snake_case(default_scope)
    pooling.__doc__ = f"`tf.contrib.layers.{pooling.__name__}`."
    return add_arg_scope(pooling)


avg_pool2d = _of(AveragePooling2D, "AvgPool2D", ("NHWC", "NCHW"))
avg_pool3d = _of(AveragePooling3D, "AvgPool3D", ("NDHWC", "NCDHW"))
max_pool2d = _of(MaxPooling2D, "MaxPool2D", ("NHWC", "NCHW"))
max_pool3d = _of(MaxPooling3D, "MaxPool3D", ("NDHWC", "NCDHW"))


@add_arg_scope
def pool(
    inputs: Any,
    kernel_size: Any,
    pooling_type: str,
    padding: str = "VALID",
    data_format: str | None = None,
    dilation_rate: Any = 1,
    stride: Any = 1,
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Any:
    """`slim.pool`: pooling (`AVG` or `MAX`) over the dimensions that the input has, with strides or dilation."""
    with v1.name_scope(scope, f"{pooling_type.lower()}_pool", [inputs]) as at:
        inputs = tf.convert_to_tensor(inputs)
        if inputs.shape.rank is None:
            raise ValueError("the rank of the input of pool must be known when the graph is built")
        count = inputs.shape.rank - 2
        if count < 1:
            raise ValueError(f"the input of pool has at least 3 dimensions, not shape {inputs.shape}")
        window, dilation, strides = (
            [each] * count if isinstance(each, numbers.Integral) else list(each)
            for each in (kernel_size, dilation_rate, stride)
        )
        outputs = v1.nn.pool(
            inputs,
            window_shape=window,
            pooling_type=pooling_type,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation,
            strides=strides,
            name=at,
        )
        return collect_named_outputs(outputs_collections, at, outputs)
