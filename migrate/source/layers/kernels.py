"""The kernel and the bias that dense and convolutional layers of tf.layers have, and what follows their op."""

from __future__ import annotations

import ast

from migrate.source.layers.call import LayerCall
from migrate.source.layers.lowered import HOLE, Lowered
from migrate.source.layers.pieces import activated, refuse_constraints, variable
from migrate.source.layers.variables import Variables
from migrate.source.specs import Dimension, Shape


def kernel_and_bias(
    call: LayerCall,
    variables: Variables,
    known: tuple[Dimension, ...],
    shape: tuple[str, ...],
    filters: str,
    base: str,
) -> dict[str, str]:
    """The kernel and the bias."""
    trainable = call.boolean("trainable", True)
    refuse_constraints(call, "activity_regularizer", "kernel_constraint", "bias_constraint")
    wanted = [variable(call, "kernel", shape, known, "kernel", None, trainable)]
    bias = variable(call, "bias", (filters,), (None,), "bias", "zeros_initializer", trainable)
    if call.boolean("use_bias", True):
        wanted.append(bias)
    call.expression("reuse")
    return variables.make(call, base, wanted, call.dtype(call.tensor("inputs")))


def finished(call: LayerCall, text: str, made: dict[str, str], shape: Shape, inputs: ast.expr) -> Lowered:
    """With bias and activation."""
    rest = f"{call.place.tf}.nn.bias_add({HOLE}, {made['bias']})" if "bias" in made else HOLE
    rest = activated(call, "activation", rest)
    call.finish("name", "reuse", "data_format")
    return Lowered(text, shape, call.dtype(inputs), rest)
