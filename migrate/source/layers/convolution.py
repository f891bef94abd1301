"""Convolutions of tf.layers, also transposed and separable ones."""

from __future__ import annotations

from migrate.source.layers.call import LayerCall
from migrate.source.layers.kernels import finished, kernel_and_bias
from migrate.source.layers.lowered import Lowered
from migrate.source.layers.pieces import refuse_constraints, variable
from migrate.source.layers.sliding import slid
from migrate.source.layers.variables import Variables
from migrate.source.specs import Shape


def channels_last(call: LayerCall, *allowed: str) -> None:
    """Refuses images with the channels first, which CPUs do not take."""
    if call.string("data_format", None) not in (None, "channels_last", *allowed):
        raise call.refuse("its images have the channels first")


def padding_of(call: LayerCall, default: str = "VALID") -> str:
    """The padding, as `tf.nn` spells it."""
    found = (call.string("padding", default) or "").upper()
    if found not in ("SAME", "VALID"):
        raise call.refuse(f"its padding is {found.lower()}")
    return found


def convolution(kind: str, call: LayerCall, variables: Variables, base: str | None = None) -> Lowered:
    """`tf.nn.conv1d`, `conv2d` and `conv3d`."""
    count = int(kind[-2])
    inputs = call.tensor("inputs")
    dimensions = call.dimensions(inputs, count + 2)
    channels_last(call)
    (texts, window), stride = call.window("kernel_size", count), call.sizes("strides", count, 1)
    dilation, padding = call.sizes("dilation_rate", count, 1), padding_of(call)
    filters, size = call.units("filters")
    text = call.place.text(inputs)
    shape = (*texts, call.size_text(dimensions[-1]), filters)
    made = kernel_and_bias(call, variables, (*window, dimensions[-1], size), shape, filters, base or kind)
    tf, dilated = call.place.tf, any(rate != 1 for rate in dilation)
    if dilated and (count != 2 or any(step != 1 for step in stride)):
        raise call.refuse("it has a dilation_rate")
    if count == 1:
        result = f'{tf}.nn.conv1d({text}, {made["kernel"]}, {stride[0]}, "{padding}")'
    else:
        more = f", dilations={[1, *dilation, 1]}" if dilated else ""
        result = f'{tf}.nn.conv{count}d({text}, {made["kernel"]}, {[1, *stride, 1]}, "{padding}"{more})'
    slides = zip(dimensions[1:-1], window, stride, dilation, strict=True)
    spatial = [slid(dim, wide, step, padding, rate) for dim, wide, step, rate in slides]
    return finished(call, result, made, Shape((dimensions[0], *spatial, size)), inputs)


def transposed_convolution(call: LayerCall, variables: Variables, base: str = "conv2d_transpose") -> Lowered:
    """`tf.nn.conv2d_transpose`, which wants the shape of its result."""
    inputs = call.tensor("inputs")
    dimensions = call.dimensions(inputs, 4)
    channels_last(call)
    window, stride, padding = call.sizes("kernel_size", 2), call.sizes("strides", 2, 1), padding_of(call)
    filters, size = call.units("filters")
    height, width = dimensions[1], dimensions[2]
    if not isinstance(height, int) or not isinstance(width, int):
        raise call.refuse("the height and width of its input are not known here")
    text = call.place.operand(inputs)
    made = kernel_and_bias(
        call, variables, (*window, size, dimensions[-1]), (*map(str, window), filters, call.size_text(dimensions[-1])),
        filters, base,
    )  # fmt: skip
    more = [max(wide - step, 0) if padding == "VALID" else 0 for wide, step in zip(window, stride, strict=True)]
    grown = [height * stride[0] + more[0], width * stride[1] + more[1]]
    tf = call.place.tf
    target = f"[{tf}.shape({text})[0], {grown[0]}, {grown[1]}, {filters}]"
    result = f'{tf}.nn.conv2d_transpose({text}, {made["kernel"]}, {target}, {[1, *stride, 1]}, "{padding}")'
    return finished(call, result, made, Shape((dimensions[0], *grown, size)), inputs)


def separable_convolution(call: LayerCall, variables: Variables, base: str = "separable_conv2d") -> Lowered:
    """`tf.nn.separable_conv2d`."""
    inputs = call.tensor("inputs")
    dimensions = call.dimensions(inputs, 4)
    channels_last(call)
    window, stride, padding = call.sizes("kernel_size", 2), call.sizes("strides", 2, 1), padding_of(call)
    if call.sizes("dilation_rate", 2, 1) != (1, 1) or stride[0] != stride[1]:
        raise call.refuse("it has a dilation_rate, or different strides")
    filters, size = call.units("filters")
    multiplier, channels = call.integer("depth_multiplier", 1), dimensions[-1]
    if not isinstance(channels, int):
        raise call.refuse("the number of channels of its input is not known here")
    trainable = call.boolean("trainable", True)
    refuse_constraints(call, "activity_regularizer", "depthwise_constraint", "pointwise_constraint", "bias_constraint")
    depthwise = (*window, channels, multiplier)
    pointwise = (1, 1, channels * multiplier)
    bias = variable(call, "bias", (filters,), (None,), "bias", "zeros_initializer", trainable)
    wanted = [
        variable(call, "depthwise_kernel", tuple(map(str, depthwise)), depthwise, "depthwise", None, trainable),
        variable(call, "pointwise_kernel", (*map(str, pointwise), filters), (*pointwise, size), "pointwise", None, trainable),
    ]  # fmt: skip
    if call.boolean("use_bias", True):
        wanted.append(bias)
    text = call.place.text(inputs)
    made = variables.make(call, base, wanted, call.dtype(inputs))
    kernels = f"{made['depthwise_kernel']}, {made['pointwise_kernel']}"
    result = f'{call.place.tf}.nn.separable_conv2d({text}, {kernels}, {[1, *stride, 1]}, "{padding}")'
    slides = zip(dimensions[1:3], window, stride, strict=True)
    spatial = [slid(dim, wide, step, padding) for dim, wide, step in slides]
    return finished(call, result, made, Shape((dimensions[0], *spatial, size)), inputs)
