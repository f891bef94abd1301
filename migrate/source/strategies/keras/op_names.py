"""The ops that Keras layers of TensorFlow 1 end with, as their outputs' names tell: `dense/Softmax:0`.

Measured with tf.keras of TensorFlow 1.15, and with Keras 2.2.5 and 2.3.1.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

_BY_NAME = {
    "elu": "Elu",
    "exponential": "Exp",
    "hard_sigmoid": "clip_by_value",
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "tanh": "Tanh",
}
_BY_FUNCTION = {
    "nn.elu": "Elu",
    "nn.leaky_relu": "LeakyRelu",
    "nn.log_softmax": "LogSoftmax",
    "nn.relu": "Relu",
    "nn.relu6": "Relu6",
    "nn.selu": "Selu",
    "nn.sigmoid": "Sigmoid",
    "nn.softmax": "Softmax",
    "nn.softplus": "Softplus",
    "nn.softsign": "Softsign",
    "nn.tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
}
"""TensorFlow's own functions, which are one op for tensors of any rank."""
_ACTIVATED = {"Activation": 0, "Conv1D": 6, "Conv2D": 6, "Dense": 1}
"""Layers with an activation, and where it stands."""
_ALWAYS = {"Flatten": "Reshape", "GlobalAveragePooling2D": "Mean", "GlobalMaxPooling1D": "Max",
           "GlobalMaxPooling2D": "Max", "MaxPooling2D": "MaxPool", "Reshape": "Reshape"}  # fmt: skip
APPLICATIONS = {
    "DenseNet121": "fc1000/Softmax",
    "DenseNet169": "fc1000/Softmax",
    "DenseNet201": "fc1000/Softmax",
    "InceptionResNetV2": "predictions/Softmax",
    "InceptionV3": "predictions/Softmax",
    "MobileNet": "act_softmax/Softmax",
    "MobileNetV2": "Logits/Softmax",
    "NASNetLarge": "predictions/Softmax",
    "NASNetMobile": "predictions/Softmax",
    "ResNet101": "probs/Softmax",
    "ResNet101V2": "probs/Softmax",
    "ResNet152": "probs/Softmax",
    "ResNet152V2": "probs/Softmax",
    "ResNet50": "probs/Softmax",
    "ResNet50V2": "probs/Softmax",
    "VGG16": "predictions/Softmax",
    "VGG19": "predictions/Softmax",
    "Xception": "predictions/Softmax",
}
"""What tf.keras of TensorFlow 1.15 named the outputs of its own models; earlier versions named some otherwise."""
STEADY = frozenset({"InceptionV3", "VGG16", "VGG19", "Xception"})
"""Those whose outputs standalone Keras named the same, in all of its versions."""
_ALIASES = {"AvgPool2D": "AveragePooling2D", "Convolution1D": "Conv1D", "Convolution2D": "Conv2D",
            "GlobalAvgPool2D": "GlobalAveragePooling2D", "GlobalMaxPool1D": "GlobalMaxPooling1D",
            "GlobalMaxPool2D": "GlobalMaxPooling2D", "MaxPool1D": "MaxPooling1D",
            "MaxPool2D": "MaxPooling2D"}  # fmt: skip


def class_of(name: str | None) -> str:
    """The class of layers behind a name that Keras has for it.

    Args:
        name: Such as `MaxPool2D`.
    """
    return _ALIASES.get(name or "", name or "")


def layer_name(kind: str, earlier: int, *, standalone: bool) -> str:
    """The name that Keras gives to a layer.

    Args:
        kind: Its class.
        earlier: How many of that class it named before.
        standalone: Whether it is the Keras that is no part of TensorFlow, which counts from 1.
    """
    words = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", kind)
    plain = re.sub("([a-z])([A-Z])", r"\1_\2", words).lower()
    count = earlier + (1 if standalone else 0)
    return f"{plain}_{count}" if count else plain


def last_op(
    kind: str, layer: ast.Call, resolve: Callable[[ast.expr], str | None], *, flat: bool, standalone: bool
) -> str | None:
    """The name of the op that a layer ends with; None where it is not known.

    Args:
        kind: The class of the layer.
        layer: The call that makes it.
        resolve: Tells TensorFlow's name of an expression.
        flat: Whether what it gets surely has two dimensions.
        standalone: Whether it is the Keras that is no part of TensorFlow.
    """
    given = {keyword.arg: keyword.value for keyword in layer.keywords}
    if None in given or any(isinstance(argument, ast.Starred) for argument in layer.args):
        return None
    if kind in _ALWAYS:
        return _ALWAYS[kind]
    position = _ACTIVATED.get(kind)
    if position is None:
        return None
    activation = layer.args[position] if len(layer.args) > position else given.get("activation")
    match activation:
        case None | ast.Constant(value=None | "linear"):
            return _linear(kind, layer, given.get("use_bias"), plain=flat or not standalone or kind == "Conv2D")
        case ast.Constant(value=str(name)):
            return _BY_NAME.get(name) if flat or name != "softmax" else None
        case _:
            return _BY_FUNCTION.get(resolve(activation) or "")


def _linear(kind: str, layer: ast.Call, bias: ast.expr | None, *, plain: bool) -> str | None:
    """The op that adds the bias, where nothing comes after it."""
    if kind == "Activation" or not plain or len(layer.args) > _ACTIVATED[kind] + 1:
        return None
    return "BiasAdd" if bias is None or (isinstance(bias, ast.Constant) and bias.value is True) else None
