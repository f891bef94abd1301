"""`slim.losses`, also `tf.contrib.losses`: the losses as they were before `tf.losses`: weighted means, in `LOSSES`."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

__all__ = [
    "absolute_difference",
    "add_loss",
    "compute_weighted_loss",
    "cosine_distance",
    "get_losses",
    "get_regularization_losses",
    "get_total_loss",
    "hinge_loss",
    "log_loss",
    "mean_squared_error",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_softmax_cross_entropy",
]

v1 = tf.compat.v1
Keys = v1.GraphKeys


def add_loss(loss: Any, loss_collection: str | None = Keys.LOSSES) -> None:
    """Adds a loss to the collection of losses."""
    if loss_collection:
        v1.add_to_collection(loss_collection, loss)


def get_losses(scope: str | None = None, loss_collection: str = Keys.LOSSES) -> list[Any]:
    """The losses whose names begin with `scope`."""
    return list(v1.get_collection(loss_collection, scope))


def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """The losses of regularizers whose names begin with `scope`."""
    return list(v1.get_collection(Keys.REGULARIZATION_LOSSES, scope))


def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss") -> Any:
    """The sum of all losses, with those of regularizers if asked for."""
    return tf.add_n(get_losses() + (get_regularization_losses() if add_regularization_losses else []), name=name)


def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: str | None = None) -> Any:
    """The mean of what has a weight, and adds it to `LOSSES`.

    Args:
        losses: Of any shape whose rank is known.
        weights: A scalar, or one for each example, or one for each loss: they are spread over the last dimensions.
        scope: The name scope.
    """
    with v1.name_scope(scope, "weighted_loss", [losses, weights]):
        losses = tf.convert_to_tensor(losses)
        dtype = losses.dtype
        losses = tf.cast(losses, tf.float32)
        weights = tf.cast(tf.convert_to_tensor(weights), tf.float32)
        if losses.shape.rank is None or weights.shape.rank is None:
            raise ValueError("the ranks of losses and weights must be known when the graph is built")
        if weights.shape.rank > 1 and weights.shape.dims[-1].is_compatible_with(1):
            weights = tf.squeeze(weights, [-1])
        spread = list(range(weights.shape.rank, losses.shape.rank))
        total = tf.reduce_sum(tf.multiply(tf.reduce_sum(losses, spread), weights))
        covered = tf.cast(tf.reduce_prod(tf.shape(losses)[weights.shape.rank :]), tf.float32)
        count = tf.reduce_sum(tf.cast(tf.not_equal(weights, 0), tf.float32)) * covered
        mean = tf.cast(tf.where(count > 0, total / tf.where(count > 0, count, 1.0), 0.0, name="value"), dtype)
        add_loss(mean)
        return mean


def _pair(first: Any, second: Any) -> tuple[Any, Any]:
    first, second = tf.cast(first, tf.float32), tf.cast(second, tf.float32)
    first.shape.assert_is_compatible_with(second.shape)
    return first, second


def _needed(**given: Any) -> None:
    missing = [name for name, value in given.items() if value is None]
    if missing:
        raise ValueError(f"{' and '.join(missing)} must be given")


def absolute_difference(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None) -> Any:
    """The mean absolute difference."""
    _needed(labels=labels)
    with v1.name_scope(scope, "absolute_difference", [predictions, labels, weights]) as at:
        predictions, labels = _pair(predictions, labels)
        return compute_weighted_loss(tf.abs(predictions - labels), weights, scope=at)


def mean_squared_error(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None) -> Any:
    """The mean squared difference."""
    _needed(labels=labels)
    with v1.name_scope(scope, "mean_squared_error", [predictions, labels, weights]) as at:
        predictions, labels = _pair(predictions, labels)
        return compute_weighted_loss(tf.square(predictions - labels), weights, scope=at)


def log_loss(
    predictions: Any, labels: Any = None, weights: Any = 1.0, epsilon: float = 1e-7, scope: str | None = None
) -> Any:
    """The mean logarithmic loss of probabilities."""
    _needed(labels=labels)
    with v1.name_scope(scope, "log_loss", [predictions, labels, weights]) as at:
        predictions, labels = _pair(predictions, labels)
        yes = tf.multiply(labels, tf.math.log(predictions + epsilon))
        no = tf.multiply(1 - labels, tf.math.log(1 - predictions + epsilon))
        return compute_weighted_loss(-yes - no, weights, scope=at)


def sigmoid_cross_entropy(
    logits: Any, multi_class_labels: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None
) -> Any:
    """The mean cross entropy of independent classes."""
    with v1.name_scope(scope, "sigmoid_cross_entropy_loss", [logits, multi_class_labels, weights]) as at:
        logits = tf.convert_to_tensor(logits)
        labels = tf.cast(multi_class_labels, logits.dtype)
        labels.shape.assert_is_compatible_with(logits.shape)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=at)


def softmax_cross_entropy(
    logits: Any, onehot_labels: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None
) -> Any:
    """The mean cross entropy of classes that exclude each other, the labels being vectors."""
    with v1.name_scope(scope, "softmax_cross_entropy_loss", [logits, onehot_labels, weights]) as at:
        logits = tf.convert_to_tensor(logits)
        labels = tf.cast(onehot_labels, logits.dtype)
        labels.shape.assert_is_compatible_with(logits.shape)
        if label_smoothing > 0:
            classes = tf.cast(tf.shape(labels)[1], logits.dtype)
            labels = labels * (1.0 - label_smoothing) + label_smoothing / classes
        losses = v1.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=at)


def sparse_softmax_cross_entropy(logits: Any, labels: Any, weights: Any = 1.0, scope: str | None = None) -> Any:
    """The mean cross entropy of classes that exclude each other, the labels being their numbers."""
    with v1.name_scope(scope, "sparse_softmax_cross_entropy_loss", [logits, labels, weights]) as at:
        labels = tf.convert_to_tensor(labels)
        labels = tf.reshape(labels, [tf.shape(labels)[0]])
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=at)


def hinge_loss(logits: Any, labels: Any = None, scope: str | None = None) -> Any:
    """The hinge loss of each value: neither their mean, nor in `LOSSES`."""
    with v1.name_scope(scope, "hinge_loss", [logits, labels]):
        logits = tf.convert_to_tensor(logits)
        labels = tf.cast(labels, tf.float32)
        logits.shape.assert_is_compatible_with(labels.shape)
        return tf.nn.relu(1.0 - tf.multiply(2 * labels - 1.0, logits))


def cosine_distance(
    predictions: Any,
    labels: Any = None,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    dim: int | None = None,
) -> Any:
    """The mean of 1 minus the products of vectors of length 1 along `axis`."""
    if axis is None:
        axis = dim
    elif dim is not None:
        raise ValueError("axis and dim cannot both be given")
    _needed(predictions=predictions, labels=labels, axis=axis)
    with v1.name_scope(scope, "cosine_distance_loss", [predictions, labels, weights]) as at:
        predictions, labels = _pair(predictions, labels)
        losses = 1 - tf.reduce_sum(tf.multiply(predictions, labels), axis=[axis])
        return compute_weighted_loss(losses, weights, scope=at)
