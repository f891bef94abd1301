"""`separable_conv2d` of contrib."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._arg_scope import add_arg_scope
from migrate.tf1.contrib.layers._initializers import XAVIER
from migrate.tf1.contrib.layers._shared import ZEROS, channels_first, file, finished, parameter, renaming
from migrate.tf1.contrib.layers._utils import channel_dimension, two_element_tuple
from migrate.tf1.layers import SeparableConv2D

v1 = tf.compat.v1

_NAMES = {"bias": "biases", "depthwise_kernel": "depthwise_weights", "pointwise_kernel": "pointwise_weights"}


@add_arg_scope
def separable_convolution2d(
    inputs: Any,
    num_outputs: int | None,
    kernel_size: Any,
    depth_multiplier: int = 1,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
    rate: Any = 1,
    activation_fn: Callable[[Any], Any] | None = tf.nn.relu,
    normalizer_fn: Callable[..., Any] | None = None,
    normalizer_params: Mapping[str, Any] | None = None,
    weights_initializer: Any = XAVIER,
    pointwise_initializer: Any = None,
    weights_regularizer: Callable[[Any], Any] | None = None,
    biases_initializer: Any = ZEROS,
    biases_regularizer: Callable[[Any], Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """`tf.contrib.layers.separable_conv2d`; without `num_outputs`, the convolution of each channel alone."""
    layout = channels_first(data_format, ("NHWC", "NCHW"))
    with v1.variable_scope(scope, "SeparableConv2d", [inputs], reuse=reuse, custom_getter=renaming(_NAMES)) as at:
        inputs = tf.convert_to_tensor(inputs)
        if num_outputs is not None:
            layer = SeparableConv2D(
                num_outputs,
                kernel_size,
                stride,
                padding,
                layout,
                two_element_tuple(rate),
                depth_multiplier=depth_multiplier,
                use_bias=not normalizer_fn and bool(biases_initializer),
                depthwise_initializer=weights_initializer,
                pointwise_initializer=pointwise_initializer or weights_initializer,
                bias_initializer=biases_initializer,
                depthwise_regularizer=weights_regularizer,
                pointwise_regularizer=weights_regularizer,
                bias_regularizer=biases_regularizer,
                trainable=trainable,
                name=at.name,
                dtype=inputs.dtype.base_dtype,
                _scope=at,
                _reuse=reuse,
            )
            outputs = layer(inputs)
            file(layer.depthwise_kernel, variables_collections, "weights")
            file(layer.pointwise_kernel, variables_collections, "weights")
            if layer.bias is not None:
                file(layer.bias, variables_collections, "biases")
        else:
            dtype = inputs.dtype.base_dtype
            channels = channel_dimension(inputs.shape, layout, min_rank=4)
            strides = two_element_tuple(stride)
            named = variables_collections
            weights = parameter(
                "depthwise_weights",
                [*two_element_tuple(kernel_size), channels, depth_multiplier],
                dtype,
                weights_initializer,
                {"depthwise_weights": named.get("weights")} if isinstance(named, dict) else named,
                trainable,
                weights_regularizer,
            )
            outputs = v1.nn.depthwise_conv2d(
                inputs,
                weights,
                [1, 1, *strides] if layout == "channels_first" else [1, *strides, 1],
                padding,
                rate=two_element_tuple(rate),
                data_format=data_format,
            )
            if normalizer_fn is None and biases_initializer is not None:
                size = [channels * depth_multiplier]
                biases = parameter("biases", size, dtype, biases_initializer, named, trainable, biases_regularizer)
                outputs = tf.nn.bias_add(outputs, biases, data_format=data_format)
        return finished(outputs, activation_fn, outputs_collections, at.name, normalizer_fn, normalizer_params)


separable_conv2d = separable_convolution2d
