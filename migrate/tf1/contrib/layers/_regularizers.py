"""Regularizers of contrib."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1

Regularizer = Callable[[Any], Any]


def _checked(scale: Any, name: str) -> None:
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"{name} must be a float, not the integer {scale}")
    if isinstance(scale, float) and scale < 0.0:
        raise ValueError(f"{name} must not be below 0: {scale}")


def l1_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """A function that gives the sum of the absolute values, times `scale`; None for a scale of 0."""
    _checked(scale, "scale")
    if isinstance(scale, float) and scale == 0.0:
        return lambda _: None

    def regularize(weights: Any, name: str | None = None) -> Any:
        with v1.name_scope(scope, "l1_regularizer", [weights]) as at:
            factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(factor, tf.reduce_sum(tf.abs(weights)), name=name or at)

    return regularize


def l2_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """A function that gives half the sum of the squares, times `scale`; None for a scale of 0."""
    _checked(scale, "scale")
    if isinstance(scale, float) and scale == 0.0:
        return lambda _: None

    def regularize(weights: Any) -> Any:
        with v1.name_scope(scope, "l2_regularizer", [weights]) as at:
            factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(factor, tf.nn.l2_loss(weights), name=at)

    return regularize


def l1_l2_regularizer(scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: str | None = None) -> Regularizer:
    """The sum of `l1_regularizer` and `l2_regularizer`."""
    _checked(scale_l1, "scale_l1")
    _checked(scale_l2, "scale_l2")
    scope = scope or "l1_l2_regularizer"
    if scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    return _sum([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope)


def sum_regularizer(regularizer_list: Iterable[Regularizer | None], scope: str | None = None) -> Regularizer | None:
    """A function that gives the sum of what several give; None where there are none."""
    regularizers = [each for each in regularizer_list if each is not None]
    return _sum(regularizers, scope) if regularizers else None


def _sum(regularizers: list[Regularizer], scope: str | None) -> Regularizer:
    def regularize(weights: Any) -> Any:
        with v1.name_scope(scope, "sum_regularizer", [weights]) as at:
            losses = [each(weights) for each in regularizers]
            losses = [each for each in losses if each is not None]
            return tf.add_n(losses, name=at) if losses else None

    return regularize


def apply_regularization(regularizer: Regularizer, weights_list: Any = None) -> Any:
    """The sum of what a regularizer gives for several weights (those in `WEIGHTS` by default).

    It is added to `REGULARIZATION_LOSSES`.
    """
    if weights_list is None:
        weights_list = v1.get_collection(v1.GraphKeys.WEIGHTS)
    if not weights_list:
        raise ValueError("there are no weights to regularize")
    with v1.name_scope("get_regularization_penalty", values=weights_list) as at:
        penalties = [regularizer(each) for each in weights_list]
        penalties = [each if each is not None else tf.constant(0.0) for each in penalties]
        for each in penalties:
            if each.shape.rank != 0:
                raise ValueError(f"a regularizer gives a scalar, not a tensor of shape {each.shape}")
        total = tf.add_n(penalties, name=at)
        v1.add_to_collection(v1.GraphKeys.REGULARIZATION_LOSSES, total)
        return total
