"""`fully_connected` and its shorthands."""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._arg_scope import add_arg_scope
from migrate.tf1.contrib.layers._initializers import XAVIER
from migrate.tf1.contrib.layers._shared import WEIGHTS, ZEROS, file, finished, renaming
from migrate.tf1.layers import Dense

v1 = tf.compat.v1


@add_arg_scope
def fully_connected(
    inputs: Any,
    num_outputs: int,
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
    """`tf.contrib.layers.fully_connected`: `weights` and `biases`, or a normalization in place of the biases."""
    if not isinstance(num_outputs, numbers.Integral):
        raise ValueError(f"num_outputs must be an integer, not {num_outputs!r}")
    with v1.variable_scope(scope, "fully_connected", [inputs], reuse=reuse, custom_getter=renaming(WEIGHTS)) as at:
        inputs = tf.convert_to_tensor(inputs)
        layer = Dense(
            int(num_outputs),
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


relu = functools.partial(fully_connected, activation_fn=tf.nn.relu)
relu6 = functools.partial(fully_connected, activation_fn=tf.nn.relu6)
elu = functools.partial(fully_connected, activation_fn=tf.nn.elu)
linear = functools.partial(fully_connected, activation_fn=None)
