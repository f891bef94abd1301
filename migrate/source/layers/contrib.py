"""`tf.contrib.layers`: other names and defaults than `tf.layers`, and a normalizer inside the layer."""

from __future__ import annotations

import ast

from migrate.source.layers.call import LayerCall
from migrate.source.layers.convolution import channels_last, padding_of
from migrate.source.layers.core import dropout, flatten, pooled
from migrate.source.layers.lowered import HOLE, Lowered, VariableText
from migrate.source.layers.normalization import normalization_variables, normalized, trains
from migrate.source.layers.pieces import activated, initializer, regularizer, variable
from migrate.source.layers.sliding import slid
from migrate.source.layers.variables import Variables
from migrate.source.specs import Dimension, Shape

_SHARED = (
    "activation_fn", "normalizer_fn", "normalizer_params", "weights_initializer", "weights_regularizer",
    "biases_initializer", "biases_regularizer", "reuse", "variables_collections", "outputs_collections", "trainable",
    "scope",
)  # fmt: skip
_POOLING = ("inputs", "kernel_size", "stride", "padding", "data_format", "outputs_collections", "scope")
_BATCH_NORM = (
    "inputs", "decay", "center", "scale", "epsilon", "activation_fn", "param_initializers", "param_regularizers",
    "updates_collections", "is_training", "reuse", "variables_collections", "outputs_collections", "trainable",
    "batch_weights", "fused", "data_format", "zero_debias_moving_mean", "scope", "renorm", "renorm_clipping",
    "renorm_decay", "adjustment",
)  # fmt: skip
_QUIET = ("scope", "reuse", "variables_collections", "outputs_collections", "normalizer_params", "data_format")

PARAMETERS: dict[str, tuple[str, ...]] = {
    "fully_connected": ("inputs", "num_outputs", *_SHARED),
    "linear": ("inputs", "num_outputs", *_SHARED),
    "conv2d": ("inputs", "num_outputs", "kernel_size", "stride", "padding", "data_format", "rate", *_SHARED),
    "max_pool2d": _POOLING,
    "avg_pool2d": _POOLING,
    "flatten": ("inputs", "outputs_collections", "scope"),
    "dropout": ("inputs", "keep_prob", "noise_shape", "is_training", "outputs_collections", "scope", "seed"),
    "batch_norm": _BATCH_NORM,
    "embed_sequence": ("ids", "vocab_size", "embed_dim", "unique", "initializer", "regularizer", "trainable", "scope",
                       "reuse"),
}  # fmt: skip
"""The functions of tf.contrib.layers that are written out, with their parameters."""

ALIASES = {"convolution2d": "conv2d", "convolution": "conv2d"}


def contrib_layer(kind: str, call: LayerCall, variables: Variables) -> Lowered:
    """Writes out a call of `tf.contrib.layers`.

    Raises:
        Unprovable: Where something about it has no counterpart, or is not known.
    """
    match kind:
        case "fully_connected":
            return _fully_connected(call, variables, "nn.relu")
        case "linear":
            return _fully_connected(call, variables, None)
        case "conv2d":
            return _convolution(call, variables)
        case "max_pool2d" | "avg_pool2d":
            inputs = call.tensor("inputs")
            channels_last(call, "NHWC")
            window, stride = call.sizes("kernel_size", 2), call.sizes("stride", 2, 2)
            result = pooled(call, inputs, kind == "max_pool2d", window, stride, padding_of(call))
            call.finish("scope", "outputs_collections")
            return result
        case "flatten":
            return flatten(call, variables, counted=False)
        case "dropout":
            return dropout(call, variables, inference="is_training", default=True, counted=False)
        case "batch_norm":
            return _batch_norm(call, variables)
    return _embed_sequence(call, variables)


def _fully_connected(call: LayerCall, variables: Variables, activation: str | None) -> Lowered:
    inputs = call.tensor("inputs")
    dimensions = call.dimensions(inputs)
    if len(dimensions) < 2:
        raise call.refuse("its input has fewer than 2 dimensions")
    units, size = call.units("num_outputs")
    shape = (call.size_text(dimensions[-1]), units)
    text, tf = call.place.text(inputs), call.place.tf
    made, scope = _weights(call, variables, shape, (dimensions[-1], size), units, "fully_connected", inputs)
    if len(dimensions) == 2:
        result = f"{tf}.matmul({text}, {made['weights']})"
    else:
        result = f"{tf}.tensordot({text}, {made['weights']}, [[{len(dimensions) - 1}], [0]])"
    return _finished(call, variables, result, made, scope, Shape((*dimensions[:-1], size)), inputs, activation)


def _convolution(call: LayerCall, variables: Variables) -> Lowered:
    inputs = call.tensor("inputs")
    dimensions = call.dimensions(inputs, 4)
    channels_last(call, "NHWC")
    window, stride = call.sizes("kernel_size", 2), call.sizes("stride", 2, 1)
    padding = padding_of(call, "SAME")
    if call.sizes("rate", 2, 1) != (1, 1):
        raise call.refuse("it has a rate")
    filters, size = call.units("num_outputs")
    shape = (*map(str, window), call.size_text(dimensions[-1]), filters)
    text, tf = call.place.text(inputs), call.place.tf
    made, scope = _weights(call, variables, shape, (*window, dimensions[-1], size), filters, "Conv", inputs)
    result = f'{tf}.nn.conv2d({text}, {made["weights"]}, {[1, *stride, 1]}, "{padding}")'
    slides = zip(dimensions[1:3], window, stride, strict=True)
    spatial = [slid(dim, wide, step, padding) for dim, wide, step in slides]
    return _finished(call, variables, result, made, scope, Shape((dimensions[0], *spatial, size)), inputs, "nn.relu")


def _weights(
    call: LayerCall,
    variables: Variables,
    shape: tuple[str, ...],
    known: tuple[Dimension, ...],
    filters: str,
    base: str,
    inputs: ast.expr,
) -> tuple[dict[str, str], str]:
    """The variables, and the scope they are in."""
    trainable = call.boolean("trainable", True)
    # `xavier_initializer()` draws like Glorot's.
    weights = variable(call, "weights", shape, known, "weights", "glorot_uniform_initializer", trainable)
    biases = variable(call, "biases", (filters,), (None,), "biases", "zeros_initializer", trainable)
    wanted: list[VariableText] = [weights]
    normalizer = call.expression("normalizer_fn")
    without = call.expression("biases_initializer") is not None and call.is_none("biases_initializer")
    if (normalizer is None or call.is_none("normalizer_fn")) and not without:
        wanted.append(biases)
    scope = variables.claim(call, base)
    return variables.make_in(scope, call, wanted, call.dtype(inputs)), scope


def _finished(
    call: LayerCall,
    variables: Variables,
    text: str,
    made: dict[str, str],
    scope: str,
    shape: Shape,
    inputs: ast.expr,
    activation: str | None,
) -> Lowered:
    """With bias or normalizer, and activation."""
    rest = f"{call.place.tf}.nn.bias_add({HOLE}, {made['biases']})" if "biases" in made else HOLE
    normalizer = call.expression("normalizer_fn")
    if normalizer is not None and not call.is_none("normalizer_fn"):
        normal = _normalizer(call, variables, normalizer, text, scope, shape, inputs)
        text, rest = normal.first, normal.rest
    rest = activated(call, "activation_fn", rest, activation)
    call.finish(*_QUIET)
    return Lowered(text, shape, call.dtype(inputs), rest)


def _normalizer(
    call: LayerCall,
    variables: Variables,
    normalizer: ast.expr,
    text: str,
    scope: str,
    shape: Shape,
    inputs: ast.expr,
) -> Lowered:
    """`normalizer_fn=tf.contrib.layers.batch_norm` on the layer's result."""
    if call.place.symbol(normalizer) != "contrib.layers.batch_norm":
        raise call.refuse("its normalizer_fn is not tf.contrib.layers.batch_norm")
    given = call.expression("normalizer_params")
    source = call.place.constants.source(given) if given is not None and not call.is_none("normalizer_params") else None
    more: dict[str, ast.expr] = {}
    if source is not None:
        if not isinstance(source, ast.Dict):
            raise call.refuse("its normalizer_params are only known at run time")
        for key, value in zip(source.keys, source.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise call.refuse("its normalizer_params are only known at run time")
            more[key.value] = value
    name = call.place.temporary(text, call.target or "net")
    bare = ast.copy_location(ast.Call(normalizer, [], []), call.node)
    ghost = ast.copy_location(ast.Name(name, ast.Load()), call.node)
    place = call.place.with_tensor(ghost, Lowered(name, shape, call.dtype(inputs)))
    inner = LayerCall(bare, "tf.contrib.layers.batch_norm", _BATCH_NORM, place, {"inputs": ghost, **more})
    variables.inside(scope)
    try:
        return _batch_norm(inner, variables)
    finally:
        variables.outside()


def _batch_norm(call: LayerCall, variables: Variables) -> Lowered:
    """Without scale by default; updates apart, it computes what `tf.layers.batch_normalization` does."""
    inputs = call.tensor("inputs")
    dimensions = call.dimensions(inputs)
    channels_last(call, "NHWC")
    trains(call, "is_training", True, "normalizes with the batch's own statistics")
    for name in ("batch_weights", "adjustment", "param_initializers"):
        if call.expression(name) is not None and not call.is_none(name):
            raise call.refuse(f"the argument {name} has no counterpart")
    if call.boolean("renorm", False):
        raise call.refuse("it renormalizes")
    call.expression("fused")
    wanted = normalization_variables(call, dimensions[-1], call.boolean("scale", False), call.boolean("center", True))
    if len(dimensions) == 2:
        # Here contrib makes beta before gamma.
        wanted.sort(key=lambda item: item.suffix != "beta")
    made = variables.make(call, "BatchNorm", wanted, call.dtype(inputs))
    result = normalized(call, inputs, made, fused=len(dimensions) in (2, 4))
    rest = activated(call, "activation_fn", result.rest)
    call.finish(
        "scope", "reuse", "decay", "updates_collections", "variables_collections", "outputs_collections",
        "zero_debias_moving_mean", "renorm_clipping", "renorm_decay", "data_format", "param_regularizers", "epsilon",
    )  # fmt: skip
    if not call.is_none("zero_debias_moving_mean") and call.boolean("zero_debias_moving_mean", False):
        raise call.refuse("zero_debias_moving_mean makes variables of its own")
    return Lowered(result.first, result.shape, result.dtype, rest)


def _embed_sequence(call: LayerCall, variables: Variables) -> Lowered:
    ids = call.tensor("ids")
    dimensions = call.dimensions(ids)
    words, _ = call.units("vocab_size")
    size_text, size = call.units("embed_dim")
    if call.boolean("unique", False):
        raise call.refuse("unique is True")
    wanted = VariableText(
        "embeddings",
        f"[{words}, {size_text}]",
        initializer(call, "initializer", None, (None, size)),
        regularizer(call, "regularizer"),
        call.boolean("trainable", True),
    )
    made = variables.make(call, "EmbedSequence", [wanted], "float32")
    call.finish("scope", "reuse")
    expression = f"{call.place.tf}.nn.embedding_lookup({made['embeddings']}, {call.place.text(ids)})"
    return Lowered(expression, Shape((*dimensions, size)), "float32")
