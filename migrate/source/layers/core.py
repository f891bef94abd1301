"""`tf.layers`: dense, convolutions, pooling, flatten, dropout and batch normalization, as TF 1.15 computes them."""

from __future__ import annotations

import ast
import math

from migrate.source.layers.call import LayerCall
from migrate.source.layers.constants import UNKNOWN_VALUE
from migrate.source.layers.convolution import (
    channels_last,
    convolution,
    padding_of,
    separable_convolution,
    transposed_convolution,
)
from migrate.source.layers.kernels import finished, kernel_and_bias
from migrate.source.layers.lowered import Lowered
from migrate.source.layers.normalization import batch_normalization, trains
from migrate.source.layers.sliding import slid
from migrate.source.layers.variables import Variables
from migrate.source.specs import Shape

_CONVOLUTION = (
    "inputs", "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation", "use_bias",
    "kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer",
    "kernel_constraint", "bias_constraint", "trainable", "name", "reuse",
)  # fmt: skip
_SEPARABLE = (
    "inputs", "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "depth_multiplier",
    "activation", "use_bias", "depthwise_initializer", "pointwise_initializer", "bias_initializer",
    "depthwise_regularizer", "pointwise_regularizer", "bias_regularizer", "activity_regularizer",
    "depthwise_constraint", "pointwise_constraint", "bias_constraint", "trainable", "name", "reuse",
)  # fmt: skip
_POOLING = ("inputs", "pool_size", "strides", "padding", "data_format", "name")
_BATCH_NORMALIZATION = (
    "inputs", "axis", "momentum", "epsilon", "center", "scale", "beta_initializer", "gamma_initializer",
    "moving_mean_initializer", "moving_variance_initializer", "beta_regularizer", "gamma_regularizer",
    "beta_constraint", "gamma_constraint", "training", "trainable", "name", "reuse", "renorm", "renorm_clipping",
    "renorm_momentum", "fused", "virtual_batch_size", "adjustment",
)  # fmt: skip

PARAMETERS: dict[str, tuple[str, ...]] = {
    "dense": (
        "inputs", "units", "activation", "use_bias", "kernel_initializer", "bias_initializer", "kernel_regularizer",
        "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint", "trainable", "name",
        "reuse",
    ),
    "conv1d": _CONVOLUTION,
    "conv2d": _CONVOLUTION,
    "conv3d": _CONVOLUTION,
    "conv2d_transpose": tuple(name for name in _CONVOLUTION if name != "dilation_rate"),
    "separable_conv2d": _SEPARABLE,
    "max_pooling1d": _POOLING,
    "max_pooling2d": _POOLING,
    "max_pooling3d": _POOLING,
    "average_pooling1d": _POOLING,
    "average_pooling2d": _POOLING,
    "average_pooling3d": _POOLING,
    "flatten": ("inputs", "name", "data_format"),
    "dropout": ("inputs", "rate", "noise_shape", "seed", "training", "name"),
    "batch_normalization": _BATCH_NORMALIZATION,
}  # fmt: skip
"""The functions of tf.layers that are written out, with their parameters."""

OBJECTS = {
    "Dense": "dense", "Conv1D": "conv1d", "Conv2D": "conv2d", "Conv3D": "conv3d", "Flatten": "flatten",
    "Conv2DTranspose": "conv2d_transpose", "SeparableConv2D": "separable_conv2d", "Dropout": "dropout",
    "BatchNormalization": "batch_normalization", "MaxPooling1D": "max_pooling1d", "MaxPooling2D": "max_pooling2d",
    "AveragePooling1D": "average_pooling1d", "AveragePooling2D": "average_pooling2d",
}  # fmt: skip
"""The classes of tf.layers, and the functions that make one and call it."""


def core_layer(kind: str, call: LayerCall, variables: Variables) -> Lowered:
    """Writes out a call of `tf.layers`.

    Args:
        kind: The function.
        call: Its arguments.
        variables: Makes the variables.

    Raises:
        Unprovable: Where something about it has no counterpart, or is not known.
    """
    if kind.startswith(("max_pooling", "average_pooling")):
        return _pooling(kind, call, variables)
    match kind:
        case "dense":
            return dense(call, variables)
        case "conv2d_transpose":
            return transposed_convolution(call, variables)
        case "separable_conv2d":
            return separable_convolution(call, variables)
        case "flatten":
            return flatten(call, variables)
        case "dropout":
            return dropout(call, variables, inference="training", default=False)
        case "batch_normalization":
            return batch_normalization(call, variables)
    return convolution(kind, call, variables)


def dense(call: LayerCall, variables: Variables) -> Lowered:
    """`x @ kernel + bias` over the last dimension."""
    inputs = call.tensor("inputs")
    dimensions = call.dimensions(inputs)
    if len(dimensions) < 2:
        raise call.refuse("its input has fewer than 2 dimensions")
    units, size = call.units("units")
    text = call.place.text(inputs)
    made = kernel_and_bias(
        call, variables, (dimensions[-1], size), (call.size_text(dimensions[-1]), units), units, "dense"
    )
    tf = call.place.tf
    if len(dimensions) == 2:
        result = f"{tf}.matmul({text}, {made['kernel']})"
    else:
        result = f"{tf}.tensordot({text}, {made['kernel']}, [[{len(dimensions) - 1}], [0]])"
    return finished(call, result, made, Shape((*dimensions[:-1], size)), inputs)


def _pooling(kind: str, call: LayerCall, variables: Variables) -> Lowered:
    inputs = call.tensor("inputs")
    count = int(kind[-2])
    channels_last(call)
    window, stride = call.sizes("pool_size", count), call.sizes("strides", count)
    result = pooled(call, inputs, kind.startswith("max"), window, stride, padding_of(call))
    variables.claim(call, kind)
    call.finish("name")
    return result


def pooled(
    call: LayerCall, inputs: ast.expr, largest: bool, window: tuple[int, ...], stride: tuple[int, ...], padding: str
) -> Lowered:
    """`tf.nn.max_pool` and `avg_pool`."""
    known = call.place.shape(inputs)
    function, text, tf = "max_pool" if largest else "avg_pool", call.place.text(inputs), call.place.tf
    if len(window) == 1:
        expression = f'{tf}.nn.{function}1d({text}, {window[0]}, {stride[0]}, "{padding}")'
    elif len(window) == 2:
        expression = f'{tf}.nn.{function}({text}, {[1, *window, 1]}, {[1, *stride, 1]}, "{padding}")'
    else:
        expression = f'{tf}.nn.{function}3d({text}, {[1, *window, 1]}, {[1, *stride, 1]}, "{padding}")'
    if known is None or known.dimensions is None or len(known.dimensions) != len(window) + 2:
        return Lowered(expression, None, call.place.dtype(inputs))
    dimensions = known.dimensions
    slides = zip(dimensions[1:-1], window, stride, strict=True)
    spatial = [slid(dim, wide, step, padding) for dim, wide, step in slides]
    return Lowered(expression, Shape((dimensions[0], *spatial, dimensions[-1])), call.place.dtype(inputs))


def flatten(call: LayerCall, variables: Variables, *, counted: bool = True) -> Lowered:
    """A reshape to the batch and the rest."""
    inputs = call.tensor("inputs")
    dimensions = call.dimensions(inputs)
    if counted:
        channels_last(call)
        variables.claim(call, "flatten")
    call.finish("name", "scope", "outputs_collections", "data_format")
    if len(dimensions) < 2:
        raise call.refuse("its input has fewer than 2 dimensions")
    sizes = [size for size in dimensions[1:] if isinstance(size, int)]
    tf, dtype = call.place.tf, call.place.dtype(inputs)
    if len(sizes) == len(dimensions) - 1 and math.prod(sizes) > 0:
        total = math.prod(sizes)
        return Lowered(f"{tf}.reshape({call.place.text(inputs)}, [-1, {total}])", Shape((dimensions[0], total)), dtype)
    text = call.place.operand(inputs)
    return Lowered(f"{tf}.reshape({text}, [{tf}.shape({text})[0], -1])", Shape((dimensions[0], None)), dtype)


def dropout(call: LayerCall, variables: Variables, *, inference: str, default: bool, counted: bool = True) -> Lowered:
    """Nothing, in an export: only training drops something, or what a signature feeds."""
    inputs = call.tensor("inputs")
    kept = call.given.get("keep_prob")
    if kept is not None and inference not in call.given and default and isinstance(kept, ast.Name | ast.Attribute):
        if call.place.constants.value(kept) is UNKNOWN_VALUE:
            call.finish("inputs", "scope", "keep_prob", "outputs_collections")
            text = f"{call.place.tf}.nn.dropout({call.place.text(inputs)}, {call.place.text(kept)})"
            return Lowered(text, call.place.shape(inputs), call.place.dtype(inputs))
    trains(call, inference, default, "drops values at random")
    if counted:
        variables.claim(call, "dropout")
    call.finish("name", "scope", "rate", "keep_prob", "noise_shape", "seed", "outputs_collections")
    return Lowered(call.place.text(inputs), call.place.shape(inputs), call.place.dtype(inputs))
