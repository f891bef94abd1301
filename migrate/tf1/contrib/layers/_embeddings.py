"""Embeddings of contrib: `embed_sequence` and `embedding_lookup_unique`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._variables import model_variable

v1 = tf.compat.v1


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool = True,
    scope: str | None = None,
    reuse: Any = None,
) -> Any:
    """`tf.contrib.layers.embed_sequence`: a vector for each number, of the variable `embeddings`."""
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError("embed_sequence needs vocab_size and embed_dim, unless it reuses what is there")
    with v1.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = [vocab_size, embed_dim]
        if reuse and (vocab_size is None or embed_dim is None):
            shape = None  # type: ignore[assignment]
        embeddings = model_variable(
            "embeddings", shape=shape, initializer=initializer, regularizer=regularizer, trainable=trainable
        )
        if unique:
            return embedding_lookup_unique(embeddings, ids)
        return v1.nn.embedding_lookup(embeddings, ids)


def embedding_lookup_unique(params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None) -> Any:
    """`tf.contrib.layers.embedding_lookup_unique`: each different number is looked up once."""
    with v1.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = tf.convert_to_tensor(ids)
        shape = tf.shape(ids)
        different, places = tf.unique(tf.reshape(ids, [-1]))
        found = v1.nn.embedding_lookup(params, different, partition_strategy)
        flat = tf.gather(found, places)
        result = tf.reshape(flat, tf.concat([shape, tf.shape(flat)[1:]], 0))
        result.set_shape(ids.shape.concatenate(found.shape[1:]))
        return result
