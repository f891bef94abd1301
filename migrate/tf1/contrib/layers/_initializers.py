"""Initializers of contrib: `xavier_initializer` and `variance_scaling_initializer`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1


def variance_scaling_initializer(
    factor: float = 2.0, mode: str = "FAN_IN", uniform: bool = False, seed: int | None = None, dtype: Any = tf.float32
) -> Callable[..., Any]:
    """Random values of variance `factor / n`, where `n` is the number of inputs, of outputs, or their mean.

    Args:
        factor: The factor.
        mode: `FAN_IN`, `FAN_OUT` or `FAN_AVG`.
        uniform: Whether the values are uniform, or of a truncated normal distribution.
        seed: Of the random operation.
        dtype: Of the values, by default.
    """
    if not tf.as_dtype(dtype).is_floating:
        raise TypeError(f"an initializer of weights is of a floating dtype, not {dtype}")
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise TypeError(f"mode must be FAN_IN, FAN_OUT or FAN_AVG, not {mode!r}")

    def initialize(shape: Any, dtype: Any = dtype, partition_info: Any = None) -> Any:  # noqa: ARG001 - TF1 passes it
        if not tf.as_dtype(dtype).is_floating:
            raise TypeError(f"an initializer of weights is of a floating dtype, not {dtype}")
        size = [float(each) for each in tf.TensorShape(shape).as_list()]
        window = math.prod(size[:-2])
        inputs = window * (size[-2] if len(size) > 1 else size[-1] if size else 1.0)
        outputs = window * (size[-1] if size else 1.0)
        count = {"FAN_IN": inputs, "FAN_OUT": outputs, "FAN_AVG": (inputs + outputs) / 2.0}[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / count)
            return v1.random_uniform(shape, -limit, limit, dtype, seed=seed)
        # What is cut off beyond two standard deviations makes the variance smaller.
        deviation = math.sqrt(1.3 * factor / count)
        return v1.truncated_normal(shape, 0.0, deviation, dtype, seed=seed)

    return initialize


def xavier_initializer(uniform: bool = True, seed: int | None = None, dtype: Any = tf.float32) -> Callable[..., Any]:
    """Random values whose variance is the inverse of the mean number of inputs and outputs."""
    return variance_scaling_initializer(factor=1.0, mode="FAN_AVG", uniform=uniform, seed=seed, dtype=dtype)


xavier_initializer_conv2d = xavier_initializer
XAVIER = xavier_initializer()
