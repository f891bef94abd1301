"""`layer_norm`, `instance_norm` and `unit_norm`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._arg_scope import add_arg_scope
from migrate.tf1.contrib.layers._shared import ZEROS, finished, parameter
from migrate.tf1.layers._normalization import ONES

v1 = tf.compat.v1


@add_arg_scope
def layer_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    activation_fn: Callable[[Any], Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    begin_norm_axis: int = 1,
    begin_params_axis: int = -1,
    scope: Any = None,
) -> Any:
    """`tf.contrib.layers.layer_norm`: by mean and variance of the dimensions from `begin_norm_axis` on."""
    with v1.variable_scope(scope, "LayerNorm", [inputs], reuse=reuse) as at:
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.rank
        if rank is None:
            raise ValueError("the rank of the input of layer_norm must be known when the graph is built")
        begin = begin_norm_axis + rank if begin_norm_axis < 0 else begin_norm_axis
        if begin_params_axis >= rank or begin >= rank:
            raise ValueError(f"layer_norm begins at an axis that an input of shape {inputs.shape} does not have")
        size = inputs.shape[begin_params_axis:]
        if not size.is_fully_defined():
            raise ValueError(f"the size of the parameters of layer_norm must be known: {size}")
        dtype = inputs.dtype.base_dtype
        beta = parameter("beta", size, dtype, ZEROS, variables_collections, trainable) if center else None
        gamma = parameter("gamma", size, dtype, ONES, variables_collections, trainable) if scale else None
        mean, variance = v1.nn.moments(inputs, list(range(begin, rank)), keep_dims=True)
        epsilon = 1e-3 if dtype == tf.float16 else 1e-12
        outputs = tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, epsilon)
        outputs.set_shape(inputs.shape)
        return finished(outputs, activation_fn, outputs_collections, at.name)


@add_arg_scope
def instance_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Callable[[Any], Any] | None = None,
    param_initializers: Mapping[str, Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Any:
    """`tf.contrib.layers.instance_norm`: each channel of each example by its own mean and variance."""
    inputs = tf.convert_to_tensor(inputs)
    rank = inputs.shape.rank
    if rank is None:
        raise ValueError("the rank of the input of instance_norm must be known when the graph is built")
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError(f"data_format must be NHWC or NCHW, not {data_format!r}")
    with v1.variable_scope(scope, "InstanceNorm", [inputs], reuse=reuse) as at:
        channels = 1 if data_format == "NCHW" else rank - 1
        count = inputs.shape.as_list()[channels]
        if count is None:
            raise ValueError(f"the channels of the input of instance_norm must be known: {inputs.shape}")
        broad = [count if each == channels else 1 for each in range(rank)]
        dtype = inputs.dtype.base_dtype
        values = []
        for name, wanted, initial in (("beta", center, ZEROS), ("gamma", scale, ONES)):
            value = None
            if wanted:
                initial = (param_initializers or {}).get(name, initial)
                size = [count]
                value = parameter(name, size, dtype, initial, variables_collections, trainable)
                value = tf.reshape(value, broad) if data_format == "NCHW" else value
            values.append(value)
        axes = [each for each in range(1, rank) if each != channels]
        mean, variance = v1.nn.moments(inputs, axes, keep_dims=True)
        outputs = tf.nn.batch_normalization(inputs, mean, variance, *values, epsilon, name="instancenorm")
        outputs.set_shape(inputs.shape)
        return finished(outputs, activation_fn, outputs_collections, at.name)


@add_arg_scope
def unit_norm(inputs: Any, dim: int, epsilon: float = 1e-7, scope: str | None = None) -> Any:
    """`tf.contrib.layers.unit_norm`: vectors along a dimension get length 1."""
    with v1.variable_scope(scope, "UnitNorm", [inputs]):
        rank = inputs.shape.rank
        if not rank:
            raise ValueError("the rank of the input of unit_norm must be known when the graph is built")
        if not 0 <= dim < rank:
            raise ValueError(f"dim must be one of the input's {rank} dimensions, not {dim}")
        lengths = tf.sqrt(epsilon + tf.reduce_sum(tf.square(inputs), dim, keepdims=True))
        at = dim
        multiples = [1] * at + [tf.slice(tf.shape(inputs), [at], [1])] + [1] * (rank - at - 1)
        multiples = tf.concat([[each] if isinstance(each, int) else each for each in multiples], 0)
        return tf.realdiv(inputs, tf.tile(lengths, multiples), name="div")
