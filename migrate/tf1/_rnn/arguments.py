"""What TensorFlow 1's cells took for an activation or an initializer, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from migrate.tf1.layers import _named as named


def refuse(owner: str, arguments: Mapping[str, Any]) -> None:
    """Refuses keyword arguments that are left over."""
    if arguments:
        names = ", ".join(f"`{name}`" for name in sorted(arguments))
        raise TypeError(f"{owner}: migrate.tf1 does not support the argument {names}; leave it out.")


def activation(value: Any) -> Callable[[Any], Any]:
    """The function that an activation argument of a cell means; tanh where there is none."""
    if not value:
        return tf.tanh  # type: ignore[no-any-return]
    return named.activation(value) or (lambda x: x)


def initializer(value: Any) -> Any:
    """The initializer that an argument of a cell means, or None for the variable scope's own."""
    return named.initializer(value)


def floating(dtype: Any) -> None:
    """Refuses what is not a floating point type, as TensorFlow 1's cells did."""
    if dtype is not None and not (tf.as_dtype(dtype).is_floating or tf.as_dtype(dtype).is_complex):
        raise ValueError(f"RNN cell only supports floating point inputs, but saw dtype: {tf.as_dtype(dtype).name}")
