"""Layers of contrib that are little more than an operation: dropout, flatten, bias_add, one_hot_encoding ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._arg_scope import add_arg_scope
from migrate.tf1.contrib.layers._shared import ZEROS, finished, parameter, renaming
from migrate.tf1.contrib.layers._utils import channel_dimension, collect_named_outputs, last_dimension
from migrate.tf1.layers import Dropout
from migrate.tf1.layers import flatten as flatten_layer

v1 = tf.compat.v1


@add_arg_scope
def dropout(
    inputs: Any,
    keep_prob: Any = 0.5,
    noise_shape: Any = None,
    is_training: Any = True,
    outputs_collections: Any = None,
    scope: Any = None,
    seed: int | None = None,
) -> Any:
    """`tf.contrib.layers.dropout`: keeps a share `keep_prob` of the values while training."""
    with v1.variable_scope(scope, "Dropout", [inputs], custom_getter=renaming()) as at:
        inputs = tf.convert_to_tensor(inputs)
        layer = Dropout(1 - keep_prob, noise_shape=noise_shape, seed=seed, name=at.name, _scope=at)
        return collect_named_outputs(outputs_collections, at.name, layer(inputs, training=is_training))


@add_arg_scope
def flatten(inputs: Any, outputs_collections: Any = None, scope: str | None = None) -> Any:
    """`tf.contrib.layers.flatten`: all dimensions but the first become one."""
    with v1.name_scope(scope, "Flatten", [inputs]) as at:
        return collect_named_outputs(outputs_collections, at, flatten_layer(tf.convert_to_tensor(inputs)))


@add_arg_scope
def bias_add(
    inputs: Any,
    activation_fn: Callable[[Any], Any] | None = None,
    initializer: Any = ZEROS,
    regularizer: Callable[[Any], Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Any:
    """`tf.contrib.layers.bias_add`."""
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError(f"data_format must be NHWC or NCHW, not {data_format!r}")
    with v1.variable_scope(scope, "BiasAdd", [inputs], reuse=reuse) as at:
        inputs = tf.convert_to_tensor(inputs)
        if inputs.shape.rank is None:
            raise ValueError("the rank of the input of bias_add must be known when the graph is built")
        if data_format == "NCHW" and inputs.shape.rank not in (None, 4):
            raise ValueError(f"NCHW is for inputs of four dimensions, not of shape {inputs.shape}")
        size = [channel_dimension(inputs.shape, "channels_first" if data_format == "NCHW" else "channels_last")]
        dtype = inputs.dtype.base_dtype
        biases = parameter("biases", size, dtype, initializer, variables_collections, trainable, regularizer)
        outputs = tf.nn.bias_add(inputs, biases, data_format=data_format)
        return finished(outputs, activation_fn, outputs_collections, at.name)


@add_arg_scope
def one_hot_encoding(
    labels: Any,
    num_classes: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Any:
    """`tf.contrib.layers.one_hot_encoding`."""
    with v1.name_scope(scope, "OneHotEncoding", [labels, num_classes]) as at:
        labels = tf.convert_to_tensor(labels)
        if labels.dtype == tf.int32:
            labels = tf.cast(labels, tf.int64)
        outputs = tf.one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        return collect_named_outputs(outputs_collections, at, outputs)


@add_arg_scope
def softmax(logits: Any, scope: str | None = None) -> Any:
    """`tf.contrib.layers.softmax`: over the last dimension, which must be known."""
    with v1.variable_scope(scope, "softmax", [logits]):
        classes = last_dimension(logits.shape, min_rank=2)
        predictions = tf.nn.softmax(tf.reshape(logits, [-1, classes]))
        predictions = tf.reshape(predictions, tf.shape(logits))
        predictions.set_shape(logits.shape)
        return predictions


@add_arg_scope
def maxout(inputs: Any, num_units: int, axis: int = -1, scope: str | None = None) -> Any:
    """`tf.contrib.layers.maxout`: the greatest of each group of values along `axis`, of `num_units` groups."""
    with v1.variable_scope(scope, "MaxOut", [inputs]):
        inputs = tf.convert_to_tensor(inputs)
        channels = inputs.shape.as_list()[axis]
        if channels is None or channels % num_units:
            raise ValueError(f"{channels} values cannot be divided into {num_units} groups of equal size")
        sizes = [tf.shape(inputs)[at] if size is None else size for at, size in enumerate(inputs.shape.as_list())]
        sizes[axis] = num_units
        return tf.reduce_max(tf.reshape(inputs, [*sizes, channels // num_units]), -1, keepdims=False)
