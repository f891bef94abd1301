"""Convolutions of contrib."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._arg_scope import add_arg_scope
from migrate.tf1.contrib.layers._initializers import XAVIER
from migrate.tf1.contrib.layers._shared import WEIGHTS, ZEROS, channels_first, file, finished, renaming
from migrate.tf1.layers import Conv1D, Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose

v1 = tf.compat.v1

_FORMATS = ("NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW")
_CLASSES: dict[int, Any] = {3: Conv1D, 4: Conv2D, 5: Conv3D}


@add_arg_scope
def convolution(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
    activation_fn: Callable[[Any], Any] | None = tf.nn.relu,
    normalizer_fn: Callable[..., Any] | None = None,
    normalizer_params: Mapping[str, Any] | None = None,
    weights_initializer: Any = XAVIER,
    weights_regularizer: Callable[[Any], Any] | None = None,
    biases_initializer: Any = ZEROS,
    biases_regularizer: Callable[[Any], Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    conv_dims: int | None = None,
) -> Any:
    """`tf.contrib.layers.convolution`, of the dimensions that the input has."""
    data_format = channels_first(data_format, _FORMATS)
    with v1.variable_scope(scope, "Conv", [inputs], reuse=reuse, custom_getter=renaming(WEIGHTS)) as at:
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.rank
        if conv_dims is not None and conv_dims + 2 != rank:
            raise ValueError(f"the input of this convolution has {conv_dims + 2} dimensions, not shape {inputs.shape}")
        if rank not in _CLASSES:
            raise ValueError(f"the input of a convolution has 3, 4 or 5 dimensions, not shape {inputs.shape}")
        layer = _CLASSES[rank](
            num_outputs,
            kernel_size,
            stride,
            padding,
            data_format,
            dilation_rate=rate,
            use_bias=not normalizer_fn and bool(biases_initializer),
            kernel_initializer=weights_initializer,
            bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer,
            bias_regularizer=biases_regularizer,
            trainable=trainable,
            name=at.name,
            dtype=inputs.dtype.base_dtype,
            _scope=at,
            _reuse=reuse,
        )
        outputs = layer(inputs)
        file(layer.kernel, variables_collections, "weights")
        if layer.bias is not None:
            file(layer.bias, variables_collections, "biases")
        return finished(outputs, activation_fn, outputs_collections, at.name, normalizer_fn, normalizer_params)


def _of(dimensions: int) -> Callable[..., Any]:
    def of_dimensions(
        inputs: Any,
        num_outputs: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: str = "SAME",
        data_format: str | None = None,
        rate: Any = 1,
        activation_fn: Callable[[Any], Any] | None = tf.nn.relu,
        normalizer_fn: Callable[..., Any] | None = None,
        normalizer_params: Mapping[str, Any] | None = None,
        weights_initializer: Any = XAVIER,
        weights_regularizer: Callable[[Any], Any] | None = None,
        biases_initializer: Any = ZEROS,
        biases_regularizer: Callable[[Any], Any] | None = None,
        reuse: Any = None,
        variables_collections: Any = None,
        outputs_collections: Any = None,
        trainable: bool = True,
        scope: Any = None,
    ) -> Any:
        return convolution(
            inputs,
            num_outputs,
            kernel_size,
            stride,
            padding,
            data_format,
            rate,
            activation_fn,
            normalizer_fn,
            normalizer_params,
            weights_initializer,
            weights_regularizer,
            biases_initializer,
            biases_regularizer,
            reuse,
            variables_collections,
            outputs_collections,
            trainable,
            scope,
            conv_dims=dimensions,
        )

    of_dimensions.__name__ = of_dimensions.__qualname__ = f"convolution{dimensions}d"
    of_dimensions.__doc__ = f"`tf.contrib.layers.conv{dimensions}d`."
    return add_arg_scope(of_dimensions)


conv1d = convolution1d = _of(1)
conv2d = convolution2d = _of(2)
conv3d = convolution3d = _of(3)


def _transposed(layer_class: Any, default_scope: str, formats: tuple[str, str]) -> Callable[..., Any]:
    def transposed(
        inputs: Any,
        num_outputs: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: str = "SAME",
        data_format: str = formats[0],
        activation_fn: Callable[[Any], Any] | None = tf.nn.relu,
        normalizer_fn: Callable[..., Any] | None = None,
        normalizer_params: Mapping[str, Any] | None = None,
        weights_initializer: Any = XAVIER,
        weights_regularizer: Callable[[Any], Any] | None = None,
        biases_initializer: Any = ZEROS,
        biases_regularizer: Callable[[Any], Any] | None = None,
        reuse: Any = None,
        variables_collections: Any = None,
        outputs_collections: Any = None,
        trainable: bool = True,
        scope: Any = None,
    ) -> Any:
        with v1.variable_scope(scope, default_scope, [inputs], reuse=reuse, custom_getter=renaming(WEIGHTS)) as at:
            inputs = tf.convert_to_tensor(inputs)
            layer = layer_class(
                num_outputs,
                kernel_size,
                stride,
                padding,
                channels_first(data_format, formats),
                use_bias=not normalizer_fn and bool(biases_initializer),
                kernel_initializer=weights_initializer,
                bias_initializer=biases_initializer,
                kernel_regularizer=weights_regularizer,
                bias_regularizer=biases_regularizer,
                trainable=trainable,
                name=at.name,
                dtype=inputs.dtype.base_dtype,
                _scope=at,
                _reuse=reuse,
            )
            outputs = layer(inputs)
            file(layer.kernel, variables_collections, "weights")
            if layer.bias is not None:
                file(layer.bias, variables_collections, "biases")
            return finished(outputs, activation_fn, outputs_collections, at.name, normalizer_fn, normalizer_params)

    transposed.__name__ = transposed.__qualname__ = default_scope.lower()
    transposed.__doc__ = f"`tf.contrib.layers.{default_scope.lower()}`."
    return add_arg_scope(transposed)


conv2d_transpose = convolution2d_transpose = _transposed(Conv2DTranspose, "Conv2d_transpose", ("NHWC", "NCHW"))
conv3d_transpose = convolution3d_transpose = _transposed(Conv3DTranspose, "Conv3d_transpose", ("NDHWC", "NCDHW"))
