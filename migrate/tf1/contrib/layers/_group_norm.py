"""`group_norm`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._arg_scope import add_arg_scope
from migrate.tf1.contrib.layers._shared import ZEROS, finished, parameter
from migrate.tf1.layers._normalization import ONES

v1 = tf.compat.v1


@add_arg_scope
def group_norm(
    inputs: Any,
    groups: int = 32,
    channels_axis: int = -1,
    reduction_axes: Sequence[int] = (-3, -2),
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Callable[[Any], Any] | None = None,
    param_initializers: Mapping[str, Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    mean_close_to_zero: bool = False,
) -> Any:
    """`tf.contrib.layers.group_norm`: groups of channels, each by its own mean and variance."""
    inputs = tf.convert_to_tensor(inputs)
    axis, axes = _checked(inputs, groups, channels_axis, reduction_axes)
    channels = inputs.shape.as_list()[axis]
    sizes = [tf.shape(inputs)[at] if size is None else size for at, size in enumerate(inputs.shape.as_list())]
    split = [groups, channels // groups]
    broad = [*([1] * axis), *split, *([1] * (len(sizes) - axis - 1))]
    inputs = tf.reshape(inputs, [*sizes[:axis], *split, *sizes[axis + 1 :]])
    within = [axis + 1, *(each + 1 if each > axis else each for each in axes)]
    with v1.variable_scope(scope, "GroupNorm", [inputs], reuse=reuse) as at:
        dtype = inputs.dtype.base_dtype
        values = []
        for name, wanted, initial in (("beta", center, ZEROS), ("gamma", scale, ONES)):
            value = None
            if wanted:
                initial = (param_initializers or {}).get(name, initial)
                value = parameter(name, [channels], dtype, initial, variables_collections, trainable)
                value = tf.reshape(value, broad)
            values.append(value)
        beta, gamma = values
        if mean_close_to_zero:
            counts, means, variances, _ = v1.nn.sufficient_statistics(inputs, within, keep_dims=True)
            mean, variance = v1.nn.normalize_moments(counts, means, variances, shift=None)
        else:
            mean, variance = v1.nn.moments(inputs, within, keep_dims=True)
        # In this order, as it was: float32 rounds others in another way.
        gain = tf.math.rsqrt(variance + epsilon)
        offset = -mean * gain
        if gamma is not None:
            gain *= gamma
            offset *= gamma
        if beta is not None:
            offset += beta
        outputs = tf.reshape(inputs * gain + offset, sizes)
        return finished(outputs, activation_fn, outputs_collections, at.name)


def _checked(inputs: Any, groups: int, channels_axis: int, reduction_axes: Sequence[int]) -> tuple[int, list[int]]:
    """The axis of the channels and those of the reduction, from 0 on."""
    rank = inputs.shape.rank
    if rank is None:
        raise ValueError("the rank of the input of group_norm must be known when the graph is built")
    if channels_axis > rank - 1 or any(each > rank for each in reduction_axes):
        raise ValueError("Axis is out of bounds.")
    axis = channels_axis + rank if channels_axis < 0 else channels_axis
    channels = inputs.shape.as_list()[axis]
    if channels is None:
        raise ValueError(f"the channels of the input of group_norm must be known: {inputs.shape}")
    axes = [each + rank if each < 0 else each for each in reduction_axes]
    for each in axes:
        if inputs.shape.as_list()[each] is None:
            raise ValueError(f"group_norm reduces axis {each}, whose size must be known: {inputs.shape}")
        if each == axis:
            raise ValueError("reduction_axis must be mutually exclusive with channels_axis")
    if groups > channels:
        raise ValueError(f"Invalid groups {groups} for {channels} channels.")
    if channels % groups:
        raise ValueError(f"{channels} channels is not commensurate with {groups} groups.")
    return axis, axes
