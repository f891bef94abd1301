"""Metrics over many batches: a value, and an operation that adds a batch to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

metrics = tf.compat.v1.metrics


def _of_values(metric: Callable[..., Any], name: str) -> Callable[..., Any]:
    def streaming(
        values: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Any:
        return metric(values, weights, metrics_collections, updates_collections, name)

    streaming.__name__ = name
    return streaming


def _of_pairs(metric: Callable[..., Any], name: str) -> Callable[..., Any]:
    def streaming(
        predictions: Any,
        labels: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Any:
        return metric(
            labels=labels,
            predictions=predictions,
            weights=weights,
            metrics_collections=metrics_collections,
            updates_collections=updates_collections,
            name=name,
        )

    streaming.__name__ = name
    return streaming


def _at(metric: Callable[..., Any], argument: str, name: str) -> Callable[..., Any]:
    """A metric with a third argument, and where there may be one, a number of thresholds."""

    def streaming(
        predictions: Any,
        labels: Any,
        *values: Any,
        **kwargs: Any,
    ) -> Any:
        names = (argument, *order)
        if len(values) > len(names):
            raise TypeError(f"{name} takes at most {2 + len(names)} arguments.")
        given = dict(zip(names, values, strict=False))
        twice = given.keys() & kwargs.keys()
        if twice:
            raise TypeError(f"{name} got several values for {', '.join(sorted(twice))}.")
        return metric(labels=labels, predictions=predictions, **given, **kwargs)

    thresholds = ("num_thresholds",) if "specificity" in name else ()
    order = ("weights", *thresholds, "metrics_collections", "updates_collections", "name")
    streaming.__name__ = name
    return streaming


def streaming_auc(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
) -> Any:
    """The area under the curve."""
    return metrics.auc(
        labels=labels,
        predictions=predictions,
        weights=weights,
        num_thresholds=num_thresholds,
        metrics_collections=metrics_collections,
        updates_collections=updates_collections,
        curve=curve,
        name=name,
    )


def streaming_percentage_less(
    values: Any,
    threshold: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """How many values are below a threshold."""
    return metrics.percentage_below(values, threshold, weights, metrics_collections, updates_collections, name)


streaming_mean = _of_values(metrics.mean, "streaming_mean")
streaming_mean_tensor = _of_values(metrics.mean_tensor, "streaming_mean_tensor")
streaming_accuracy = _of_pairs(metrics.accuracy, "streaming_accuracy")
streaming_precision = _of_pairs(metrics.precision, "streaming_precision")
streaming_recall = _of_pairs(metrics.recall, "streaming_recall")
streaming_true_positives = _of_pairs(metrics.true_positives, "streaming_true_positives")
streaming_true_negatives = _of_pairs(metrics.true_negatives, "streaming_true_negatives")
streaming_false_positives = _of_pairs(metrics.false_positives, "streaming_false_positives")
streaming_false_negatives = _of_pairs(metrics.false_negatives, "streaming_false_negatives")
streaming_mean_absolute_error = _of_pairs(metrics.mean_absolute_error, "streaming_mean_absolute_error")
streaming_mean_squared_error = _of_pairs(metrics.mean_squared_error, "streaming_mean_squared_error")
streaming_root_mean_squared_error = _of_pairs(metrics.root_mean_squared_error, "streaming_root_mean_squared_error")
streaming_mean_iou = _at(metrics.mean_iou, "num_classes", "streaming_mean_iou")
streaming_mean_relative_error = _at(metrics.mean_relative_error, "normalizer", "streaming_mean_relative_error")
streaming_precision_at_thresholds = _at(
    metrics.precision_at_thresholds, "thresholds", "streaming_precision_at_thresholds"
)
streaming_recall_at_thresholds = _at(metrics.recall_at_thresholds, "thresholds", "streaming_recall_at_thresholds")
streaming_sensitivity_at_specificity = _at(
    metrics.sensitivity_at_specificity, "specificity", "streaming_sensitivity_at_specificity"
)
streaming_specificity_at_sensitivity = _at(
    metrics.specificity_at_sensitivity, "sensitivity", "streaming_specificity_at_sensitivity"
)
