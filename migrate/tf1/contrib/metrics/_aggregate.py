"""The accuracy of a batch, and several metrics together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf


def accuracy(predictions: Any, labels: Any, weights: Any = None, name: str | None = None) -> Any:
    """How many of a batch's predictions are right, by their weights."""
    if not (labels.dtype.is_integer or labels.dtype in (tf.bool, tf.string)):
        raise ValueError(f"Labels should have bool, string, or integer dtype, not {labels.dtype}.")
    if labels.dtype != predictions.dtype:
        raise ValueError(f"Dtypes of predictions and labels should match: {predictions.dtype} and {labels.dtype}.")
    with tf.compat.v1.name_scope(name, "accuracy", values=[predictions, labels]):
        right = tf.cast(tf.equal(predictions, labels), tf.float32)
        if weights is None:
            return tf.reduce_mean(right)
        right = tf.multiply(right, weights)
        number = tf.multiply(weights, tf.ones_like(right))
        return tf.compat.v1.div(tf.reduce_sum(right), tf.reduce_sum(number))


def aggregate_metrics(*value_update_tuples: Any) -> tuple[list[Any], list[Any]]:
    """All values, and all updates."""
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples, strict=True)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """All values by name, and all updates by name."""
    values, updates = zip(*names_to_tuples.values(), strict=True)
    return dict(zip(names_to_tuples, values, strict=True)), dict(zip(names_to_tuples, updates, strict=True))
