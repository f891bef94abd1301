"""Activations, initializers and regularizers that are given by name, as tf.layers takes them over from Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1

Function = Callable[[Any], Any]


def _softmax(x: Any) -> Any:
    if x.shape.rank == 2:
        return tf.nn.softmax(x)
    powers = tf.exp(x - tf.reduce_max(x, axis=-1, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=-1, keepdims=True)


def _selu(x: Any) -> Any:
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    grown = tf.nn.elu(x)
    return scale * tf.where(x > 0, grown, alpha * grown)


def _hard_sigmoid(x: Any) -> Any:
    return tf.clip_by_value(x * 0.2 + 0.5, 0.0, 1.0)


_ACTIVATIONS: dict[str, Function | None] = {
    "elu": tf.nn.elu,
    "exponential": tf.exp,
    "hard_sigmoid": _hard_sigmoid,
    "linear": None,
    "relu": tf.nn.relu,
    "selu": _selu,
    "sigmoid": tf.nn.sigmoid,
    "softmax": _softmax,
    "softplus": tf.nn.softplus,
    "softsign": tf.nn.softsign,
    "tanh": tf.tanh,
}


def _scaling(scale: float, mode: str, distribution: str) -> Callable[[], Any]:
    return lambda: v1.variance_scaling_initializer(scale, mode, distribution)


_INITIALIZERS: dict[str, Callable[[], Any]] = {
    "glorot_normal": v1.glorot_normal_initializer,
    "glorot_uniform": v1.glorot_uniform_initializer,
    "he_normal": _scaling(2.0, "fan_in", "truncated_normal"),
    "he_uniform": _scaling(2.0, "fan_in", "uniform"),
    "lecun_normal": _scaling(1.0, "fan_in", "truncated_normal"),
    "lecun_uniform": _scaling(1.0, "fan_in", "uniform"),
    "normal": lambda: v1.random_normal_initializer(stddev=0.05),
    "one": v1.ones_initializer,
    "ones": v1.ones_initializer,
    "orthogonal": v1.orthogonal_initializer,
    "random_normal": lambda: v1.random_normal_initializer(stddev=0.05),
    "random_uniform": lambda: v1.random_uniform_initializer(-0.05, 0.05),
    "truncated_normal": lambda: v1.truncated_normal_initializer(stddev=0.05),
    "uniform": lambda: v1.random_uniform_initializer(-0.05, 0.05),
    "zero": v1.zeros_initializer,
    "zeros": v1.zeros_initializer,
}

_REGULARIZERS: dict[str, Function] = {
    "l1": lambda x: tf.add(0.0, tf.reduce_sum(0.01 * tf.abs(x)), name="add"),
    "l2": lambda x: tf.add(0.0, tf.reduce_sum(0.01 * tf.square(x)), name="add"),
}


def activation(given: Any) -> Any:
    """The function that an activation's name means; functions and None stay."""
    return _meant(given, "activation", _ACTIVATIONS)


def initializer(given: Any) -> Any:
    """The initializer that a name means; others stay."""
    return _meant(given, "initializer", _INITIALIZERS)() if isinstance(given, str) else given


def regularizer(given: Any) -> Any:
    """The regularizer that a name means; functions and None stay."""
    return _meant(given, "regularizer", _REGULARIZERS)


def constraint(given: Any) -> Any:
    """Functions and None stay; names are refused."""
    return _meant(given, "constraint", {})


def _meant(given: Any, what: str, known: dict[str, Any]) -> Any:
    if given is None or callable(given):
        return given
    if isinstance(given, str) and given in known:
        return known[given]
    names = f", or one of {', '.join(sorted(known))}" if known else ""
    raise ValueError(f"{what} {given!r} is not known here: give a function{names}")
