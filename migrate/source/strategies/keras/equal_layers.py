"""Layers that TF2 gives other defaults, or other functions, spelled so that they compute what they did; and the shape of the input of a model that starts with an Embedding, which Keras 3 asks for.

Compared number by number: tf.keras of TensorFlow 1.15 and Keras 2.2.5 with Keras 3, the same weights given. What is
not named here came out equal.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.source.strategies.keras.layers import Layers
from migrate.source.unprovable import INPUT, NO_EQUAL, SIDE_EFFECTS, Unprovable

HARD_SIGMOID = "_hard_sigmoid"
HARD_SIGMOID_HELPER = f'''@TF.keras.utils.register_keras_serializable()
def {HARD_SIGMOID}(x):
\t"""The hard_sigmoid of TensorFlow 1, which its recurrent layers used; that of TensorFlow 2 is another function."""
\treturn TF.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)'''
NOTE = (
    "hard_sigmoid stays the function that it was in TensorFlow 1, also for recurrent layers, whose default it was for "
    "recurrent_activation"
)
_GRUS = frozenset({"GRU", "GRUCell"})
_RECURRENT = _GRUS | {"LSTM", "ConvLSTM2D", "LSTMCell"}
_OTHER_NETWORKS = frozenset({"applications.ResNet50", "applications.resnet50.ResNet50"})
_EQUAL = frozenset({"linear", "relu", "sigmoid", "tanh"})


@dataclass(slots=True, eq=False)
class Spelled:
    """What layers need to compute as before.

    Attributes:
        arguments: Calls -> arguments that they get.
        expressions: Expressions -> new text.
    """

    arguments: dict[ast.Call, tuple[str, ...]] = field(default_factory=dict)
    expressions: dict[ast.expr, str] = field(default_factory=dict)

    @property
    def hard_sigmoid(self) -> bool:
        """Whether TF1's hard_sigmoid is needed."""
        added = (text for texts in self.arguments.values() for text in texts)
        return any(HARD_SIGMOID in text for text in (*added, *self.expressions.values()))


def spell_layers(layers: Layers) -> Spelled:
    """Finds what the layers of a module need in the Keras of TF2.

    Args:
        layers: What the module says about its models.

    Raises:
        Unprovable: A layer computes otherwise, whatever it is given.
    """
    spelled = Spelled()
    for name, call in layers.calls():
        _refuse(name, call, layers)
        if name == "hard_sigmoid":
            raise Unprovable(NO_EQUAL, "hard_sigmoid is another function in Keras 3", call)
        for value in _values(call):
            if (isinstance(value, ast.Constant) and value.value == "hard_sigmoid") or layers.is_hard_sigmoid(value):
                spelled.expressions[value] = HARD_SIGMOID
        if name in _RECURRENT:
            added = _recurrent(name, call, layers)
            if added:
                spelled.arguments[call] = added
    for layer in layers.shapeless():
        if layers.name(layer) == "Embedding":
            spelled.arguments[layer] = (_length(layer, layers),)
    return spelled


def _refuse(name: str, call: ast.Call, layers: Layers) -> None:
    if layers.is_standalone(call) and layers.full_name(call) in _OTHER_NETWORKS:
        reason = "ResNet50 of standalone Keras is another network than that of TF2, with other weights"
        raise Unprovable(NO_EQUAL, reason, call)
    for keyword in call.keywords:
        if keyword.arg == "stateful" and not _is(keyword.value, False):
            raise Unprovable(SIDE_EFFECTS, "a layer may keep its state from one call to the next", call)
        if keyword.arg == "sparse" and not _is(keyword.value, False):
            raise Unprovable(INPUT, "an input of the model may be sparse; TF2 exports it as three inputs", call)
        if keyword.arg == "interpolation" and name == "UpSampling2D" and layers.is_standalone(call):
            if not _is(keyword.value, "nearest"):
                reason = "UpSampling2D of standalone Keras interpolates in another way than that of TF2"
                raise Unprovable(NO_EQUAL, reason, call)


def _recurrent(name: str, call: ast.Call, layers: Layers) -> tuple[str, ...]:
    """The arguments that a recurrent layer needs."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in given or len(call.args) > 2 or any(isinstance(argument, ast.Starred) for argument in call.args):
        raise Unprovable(NO_EQUAL, f"the recurrent_activation of {name} cannot be read", call)
    added: tuple[str, ...] = ()
    match given.get("recurrent_activation"):
        case None if layers.is_standalone(call):
            reason = (
                f"the recurrent_activation of {name} is not set: it was hard_sigmoid up to Keras 2.2, and sigmoid from "
                "2.3 and in TF2; write it out as the model was trained"
            )
            raise Unprovable(NO_EQUAL, reason, call)
        case None:
            added = (f"recurrent_activation={HARD_SIGMOID}",)
        case ast.Constant(value=str(function)) if function in _EQUAL or function == "hard_sigmoid":
            pass
        case other if layers.is_hard_sigmoid(other):
            pass
        case _:
            raise Unprovable(NO_EQUAL, f"the recurrent_activation of {name} may be another function in TF2", call)
    if name in _GRUS and "reset_after" not in given:
        added = (*added, "reset_after=False")
    return added


def _length(layer: ast.Call, layers: Layers) -> str:
    """The shape of the input of a model that starts with an Embedding: TF1 took it from the length, or left it open."""
    given = {keyword.arg: keyword.value for keyword in layer.keywords}
    length = given.get("input_length")
    read = (ast.Name, ast.Attribute, ast.Subscript, ast.BinOp, ast.operator, ast.expr_context)
    parts = ast.walk(length) if length is not None and not isinstance(length, ast.Constant) else ()
    plain = all(isinstance(part, (*read, ast.Constant)) or _is_len(part) for part in parts)
    if None in given or len(layer.args) > 2 or not plain:
        raise Unprovable(INPUT, "the shape of the model's input cannot be seen", layer)
    return f"input_shape=({'None' if length is None else layers.text(length)},)"


def _is_len(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def _values(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call, but for those of calls inside."""
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _is(node: ast.AST, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == value and type(node.value) is type(value)
