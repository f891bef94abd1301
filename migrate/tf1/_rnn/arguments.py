"""What TensorFlow 1 took for an activation or an initializer, and what is said where it is not supported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "elu": tf.nn.elu,
    "exponential": tf.exp,
    "hard_sigmoid": lambda x: tf.clip_by_value(x * 0.2 + 0.5, 0.0, 1.0),
    "linear": lambda x: x,
    "relu": tf.nn.relu,
    "selu": tf.nn.selu,
    "sigmoid": tf.nn.sigmoid,
    "softmax": tf.nn.softmax,
    "softplus": tf.nn.softplus,
    "softsign": tf.nn.softsign,
    "tanh": tf.nn.tanh,
}
_INITIALIZERS: dict[str, Callable[[], Any]] = {
    "zeros": tf.compat.v1.zeros_initializer,
    "ones": tf.compat.v1.ones_initializer,
    "glorot_uniform": tf.compat.v1.glorot_uniform_initializer,
    "glorot_normal": tf.compat.v1.glorot_normal_initializer,
    "orthogonal": tf.compat.v1.orthogonal_initializer,
    "identity": tf.compat.v1.initializers.identity,
}


def refuse(owner: str, arguments: Mapping[str, Any]) -> None:
    """Refuses keyword arguments that are left over."""
    if arguments:
        names = ", ".join(f"`{name}`" for name in sorted(arguments))
        raise TypeError(f"{owner}: migrate.tf1 does not support the argument {names}; leave it out.")


def activation(value: Any) -> Callable[[Any], Any]:
    """The function that an activation argument of a cell means; tanh where there is none."""
    if not value:
        return _ACTIVATIONS["tanh"]
    if callable(value):
        return value  # type: ignore[no-any-return]
    if isinstance(value, str) and value in _ACTIVATIONS:
        return _ACTIVATIONS[value]
    raise ValueError(f"migrate.tf1 does not know the activation {value!r}; give a function such as tf.nn.relu.")


def initializer(value: Any) -> Any:
    """The initializer that an argument of a cell means, or None for the variable scope's own."""
    if value is None or (callable(value) and not isinstance(value, type)):
        return value
    if isinstance(value, type):
        return value()
    if isinstance(value, str) and value in _INITIALIZERS:
        return _INITIALIZERS[value]()
    raise ValueError(
        f"migrate.tf1 does not know the initializer {value!r}; give an object such as "
        "tf.compat.v1.random_uniform_initializer(-1, 1)."
    )


def floating(dtype: Any) -> None:
    """Refuses what is not a floating point type, as TensorFlow 1's cells did."""
    if dtype is not None and not (tf.as_dtype(dtype).is_floating or tf.as_dtype(dtype).is_complex):
        raise ValueError(f"RNN cell only supports floating point inputs, but saw dtype: {tf.as_dtype(dtype).name}")
