"""`tf.contrib.layers.summaries`: summaries of tensors, activations and variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import tensorflow as tf

__all__ = [
    "summarize_activation",
    "summarize_activations",
    "summarize_biases",
    "summarize_collection",
    "summarize_tensor",
    "summarize_tensors",
    "summarize_variables",
    "summarize_weights",
]

v1 = tf.compat.v1
Keys = v1.GraphKeys


def _name(tensor: Any) -> str:
    return str(tensor.op.name)


def summarize_tensor(tensor: Any, tag: str | None = None) -> Any:
    """A scalar summary of a scalar, a histogram of another tensor; None for texts and truths.

    A tensor that was summarized already is not again.
    """
    if tensor.dtype.base_dtype in (tf.string, tf.bool):
        return None
    if tensor.shape.rank == 0:
        return v1.summary.scalar(tag or f"{_name(tensor)}_summary", tensor)
    return v1.summary.histogram(tag or f"{_name(tensor)}_summary", tensor)


def summarize_activation(op: Any) -> Any:
    """A histogram of an activation; for some kinds also the share of zeros or of values at a bound."""
    name = _name(op)
    if op.op.type in ("Relu", "Softplus", "Relu6"):
        zeros = tf.cast(tf.equal(op, tf.constant(0.0, op.dtype)), tf.float32)
        v1.summary.scalar(f"{name}/zeros", tf.reduce_mean(zeros))
    if op.op.type == "Relu6":
        sixes = tf.cast(tf.equal(op, tf.constant(6.0, op.dtype)), tf.float32)
        v1.summary.scalar(f"{name}/sixes", tf.reduce_mean(sixes))
    return v1.summary.histogram(f"{name}/activation", op)


def summarize_tensors(tensors: Iterable[Any], summarizer: Callable[[Any], Any] = summarize_tensor) -> list[Any]:
    """Summaries of several tensors."""
    return [summarizer(each) for each in tensors]


def summarize_collection(
    collection: str, name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_tensor
) -> list[Any]:
    """Summaries of the tensors in a collection whose names match."""
    chosen = [
        each for each in v1.get_collection(collection) if name_filter is None or re.match(name_filter, each.op.name)
    ]
    return summarize_tensors(chosen, summarizer)


def summarize_variables(name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_tensor) -> Any:
    """Summaries of the variables of the graph."""
    return summarize_collection(Keys.GLOBAL_VARIABLES, name_filter, summarizer)


def summarize_weights(name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_tensor) -> Any:
    """Summaries of the collection `WEIGHTS`."""
    return summarize_collection(Keys.WEIGHTS, name_filter, summarizer)


def summarize_biases(name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_tensor) -> Any:
    """Summaries of the collection `BIASES`."""
    return summarize_collection(Keys.BIASES, name_filter, summarizer)


def summarize_activations(
    name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_activation
) -> Any:
    """Summaries of the collection `ACTIVATIONS`."""
    return summarize_collection(Keys.ACTIVATIONS, name_filter, summarizer)
