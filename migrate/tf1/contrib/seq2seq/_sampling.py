"""Draws tokens and coins, in the order in which TensorFlow 1 drew them."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


def categorical_sample(logits: Any, seed: int | None = None) -> Any:
    """A token for each row of logits, as int32."""
    logits = tf.convert_to_tensor(logits, name="logits")
    shape = tf.shape(logits)
    rows = logits if logits.shape.rank == 2 else tf.reshape(logits, [-1, shape[-1]])
    drawn_type = tf.int64 if logits.dtype.size > 4 else tf.int32
    drawn = tf.compat.v1.multinomial(rows, 1, seed=seed, output_dtype=drawn_type)
    return tf.cast(tf.reshape(drawn, shape[:-1]), tf.int32)


def bernoulli_sample(probabilities: Any, dtype: Any, number: Any, seed: int | None = None) -> Any:
    """So many draws of coins, each of the shape of the probabilities."""
    shape = tf.concat([[number], tf.shape(probabilities)], 0)
    uniform = tf.compat.v1.random_uniform(shape, seed=seed, dtype=probabilities.dtype)
    return tf.cast(tf.less(uniform, probabilities), dtype)
