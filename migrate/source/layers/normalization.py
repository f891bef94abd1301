"""Batch normalization out of training."""

from __future__ import annotations

import ast

from migrate.source.layers.call import LayerCall
from migrate.source.layers.lowered import HOLE, Lowered, VariableText
from migrate.source.layers.pieces import refuse_constraints, variable
from migrate.source.layers.variables import Variables
from migrate.source.specs import Dimension

_LEAST_EPSILON = 1.001e-5


def trains(call: LayerCall, name: str, default: bool, what: str) -> None:
    """Refuses a layer that trains in the export, or that may."""
    node = call.expression(name)
    value = default if node is None else call.place.constants.value(node)
    if value is True:
        raise call.refuse(f"it {what}, because {name} is True")
    if value is False or (isinstance(value, int) and value == 0):
        return
    if node is None or not call.place.switched_off(node):
        raise call.refuse(f"{name} is only known at run time")


def batch_normalization(call: LayerCall, variables: Variables) -> Lowered:
    """The normalization with the moving averages."""
    inputs = call.tensor("inputs")
    dimensions = call.dimensions(inputs)
    rank = len(dimensions)
    axis = call.integer("axis", -1)
    if axis % rank != rank - 1:
        raise call.refuse("it normalizes another axis than the last")
    trains(call, "training", False, "normalizes with the batch's own statistics")
    if call.boolean("renorm", False):
        raise call.refuse("it renormalizes")
    refuse_constraints(call, "virtual_batch_size", "adjustment", "beta_constraint", "gamma_constraint")
    call.expression("fused")
    wanted = normalization_variables(call, dimensions[-1], call.boolean("scale", True), call.boolean("center", True))
    made = variables.make(call, "batch_normalization", wanted, call.dtype(inputs))
    call.finish("name", "reuse", "momentum", "epsilon", "renorm_clipping", "renorm_momentum")
    return normalized(call, inputs, made, fused=rank == 4)


def normalization_variables(call: LayerCall, size: Dimension, scale: bool, center: bool) -> list[VariableText]:
    """gamma, beta, moving_mean and moving_variance, in the order TF1 makes them."""
    trainable, shape = call.boolean("trainable", True), (call.size_text(size),)
    gamma = variable(call, "gamma", shape, (size,), "gamma", "ones_initializer", trainable)
    beta = variable(call, "beta", shape, (size,), "beta", "zeros_initializer", trainable)
    mean = variable(call, "moving_mean", shape, (size,), "moving_mean", "zeros_initializer", False)
    spread = variable(call, "moving_variance", shape, (size,), "moving_variance", "ones_initializer", False)
    return [*([gamma] if scale else []), *([beta] if center else []), mean, spread]


def normalized(call: LayerCall, inputs: ast.expr, made: dict[str, str], *, fused: bool) -> Lowered:
    """The normalized input.

    The fused op takes the mean off first, `tf.nn.batch_normalization` multiplies first: with a large mean their
    roundings differ.
    """
    tf = call.place.tf
    text, epsilon = call.place.atom(inputs), call.expression("epsilon")
    value = 0.001 if epsilon is None else call.place.constants.value(epsilon)
    small = "0.001" if epsilon is None else call.place.text(epsilon)
    gamma, beta = made.get("gamma"), made.get("beta")
    if not fused:
        arguments = [text, made["moving_mean"], made["moving_variance"], str(beta), str(gamma), small]
        first, rest = f"{tf}.nn.batch_normalization({', '.join(arguments)})", HOLE
    else:
        if not isinstance(value, float):
            raise call.refuse("its epsilon is only known at run time")
        # TF1 raises a smaller one.
        small = small if value > _LEAST_EPSILON else repr(_LEAST_EPSILON)
        scale = f"{tf}.math.rsqrt({made['moving_variance']} + {small})" + (f" * {gamma}" if gamma else "")
        first = f"({text} - {made['moving_mean']}) * {call.place.temporary(scale, 'scale')}"
        rest = f"{HOLE} + {beta}" if beta else HOLE
    return Lowered(first, call.place.shape(inputs), call.place.dtype(inputs), rest)
