"""Attention mechanisms: how much each entry of a memory counts for a query."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import zeros
from migrate.tf1.layers import Dense

v1 = tf.compat.v1


class AttentionMechanism:
    """What AttentionWrapper takes."""

    @property
    def alignments_size(self) -> Any:
        """How many entries the memory has."""
        raise NotImplementedError

    @property
    def state_size(self) -> Any:
        """The size of what a call passes to the next one."""
        raise NotImplementedError


class MemoryAttention(AttentionMechanism):
    """A memory, the keys that a layer makes of it, and a function from scores to weights."""

    def __init__(
        self,
        query_layer: Any,
        memory_layer: Any,
        memory: Any,
        probability_fn: Callable[[Any, Any], Any],
        memory_sequence_length: Any,
        score_mask_value: Any,
        name: str,
        custom_key_value_fn: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        self._query_layer = query_layer
        self._memory_layer = memory_layer
        self.dtype = memory_layer.dtype
        if not callable(probability_fn):
            raise TypeError(f"probability_fn must be callable, saw type: {type(probability_fn).__name__}")
        mask_value = self.dtype.as_numpy_dtype(-math.inf) if score_mask_value is None else score_mask_value

        def probabilities(score: Any, previous: Any) -> Any:
            return probability_fn(_masked(score, memory_sequence_length, mask_value), previous)

        self._probability_fn = probabilities
        with v1.name_scope(name, "BaseAttentionMechanismInit", tf.nest.flatten(memory)):
            self._values = _without_padding(memory, memory_sequence_length)
            self._keys = memory_layer(self._values)
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            shape = tf.shape(self._keys)
            self._batch_size = tf.compat.dimension_value(self._keys.shape[0]) or shape[0]
            self._alignments_size = tf.compat.dimension_value(self._keys.shape[1]) or shape[1]

    @property
    def memory_layer(self) -> Any:
        """Makes keys."""
        return self._memory_layer

    @property
    def query_layer(self) -> Any:
        """What queries go through, or None."""
        return self._query_layer

    @property
    def values(self) -> Any:
        """The memory, zero behind the end."""
        return self._values

    @property
    def keys(self) -> Any:
        """What queries are compared with."""
        return self._keys

    @property
    def batch_size(self) -> Any:
        """How many sequences there are."""
        return self._batch_size

    @property
    def alignments_size(self) -> Any:
        """How many entries the memory has."""
        return self._alignments_size

    @property
    def state_size(self) -> Any:
        """The same."""
        return self._alignments_size

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros."""
        return zeros(batch_size, self._alignments_size, dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> Any:
        """The same as the alignments."""
        return self.initial_alignments(batch_size, dtype)


class LuongAttention(MemoryAttention):
    """Scores are products of query and keys; with `scale`, times the variable `attention_g`."""

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: Callable[[Any], Any] | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[[Any, Any], Any] | None = None,
        name: str = "LuongAttention",
    ) -> None:
        function = probability_fn or tf.nn.softmax
        super().__init__(
            query_layer=None,
            memory_layer=units_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=lambda score, _: function(score),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units = num_units
        self._scale = scale
        self._name = name

    def __call__(self, query: Any, state: Any) -> Any:
        """The weights, twice: they are the state, too."""
        with v1.variable_scope(None, "luong_attention", [query]):
            score = luong_score(query, self._keys, self._scale)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class BahdanauAttention(MemoryAttention):
    """Scores are what `attention_v` makes of the sum of query and keys."""

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: Callable[[Any], Any] | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[[Any, Any], Any] | None = None,
        name: str = "BahdanauAttention",
    ) -> None:
        function = probability_fn or tf.nn.softmax
        super().__init__(
            query_layer=units_layer(num_units, "query_layer", dtype),
            memory_layer=units_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=lambda score, _: function(score),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units = num_units
        self._normalize = normalize
        self._name = name

    def __call__(self, query: Any, state: Any) -> Any:
        """The weights, twice: they are the state, too."""
        with v1.variable_scope(None, "bahdanau_attention", [query]):
            score = bahdanau_score(self.query_layer(query), query.dtype, self._keys, self._num_units, self._normalize)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


def units_layer(units: int, name: str, dtype: Any) -> Any:
    """A dense layer without bias."""
    return Dense(units, name=name, use_bias=False, dtype=dtype or tf.float32)


def luong_score(query: Any, keys: Any, scale: bool) -> Any:
    """The products of a query and the keys."""
    columns, units = query.shape[-1], keys.shape[-1]
    if columns != units:
        raise ValueError(
            f"The query {query} has {columns} columns, the keys {keys} have {units} units: set num_units to {columns}."
        )
    factor = None
    if scale:
        factor = v1.get_variable("attention_g", (), dtype=query.dtype, initializer=v1.ones_initializer())
    score = tf.squeeze(tf.matmul(tf.expand_dims(query, 1), keys, transpose_b=True), [1])
    return score if factor is None else factor * score


def bahdanau_score(query: Any, dtype: Any, keys: Any, units: int, normalize: bool) -> Any:
    """What the sum of a query and the keys scores."""
    v = v1.get_variable("attention_v", [units], dtype=dtype)
    query = tf.expand_dims(query, 1)
    if not normalize:
        return tf.reduce_sum(v * tf.tanh(keys + query), [2])
    root = v1.constant_initializer(math.sqrt(1.0 / units))
    g = v1.get_variable("attention_g", (), dtype=dtype, initializer=root)
    b = v1.get_variable("attention_b", [units], dtype=dtype, initializer=v1.zeros_initializer())
    normed = g * v * tf.math.rsqrt(tf.reduce_sum(tf.square(v)))
    return tf.reduce_sum(normed * tf.tanh(keys + query + b), [2])


def hardmax(logits: Any, name: str | None = None) -> Any:
    """One where a row is largest, else zero."""
    with v1.name_scope(name, "Hardmax", [logits]):
        logits = tf.convert_to_tensor(logits, name="logits")
        depth = tf.compat.dimension_value(logits.shape[-1])
        return tf.one_hot(tf.argmax(logits, -1), tf.shape(logits)[-1] if depth is None else depth, dtype=logits.dtype)


def _without_padding(memory: Any, lengths: Any) -> Any:
    memory = tf.nest.map_structure(lambda each: tf.convert_to_tensor(each, name="memory"), memory)
    leaves = tf.nest.flatten(memory)
    for each in leaves:
        if not each.shape[2:].is_fully_defined():
            raise ValueError(f"Expected memory {each.name} to have fully defined inner dims, but saw: {each.shape}")
    if lengths is None:
        return memory
    mask = tf.sequence_mask(lengths, maxlen=tf.shape(leaves[0])[1], dtype=leaves[0].dtype)

    def masked(each: Any) -> Any:
        ones = tf.ones([tf.rank(each) - 2], tf.int32)
        return each * tf.reshape(mask, tf.concat([tf.shape(mask), ones], 0))

    return tf.nest.map_structure(masked, memory)


def _masked(score: Any, lengths: Any, mask_value: Any) -> Any:
    if lengths is None:
        return score
    message = "All values in memory_sequence_length must be greater than zero."
    with tf.control_dependencies([v1.assert_positive(lengths, message=message)]):
        mask = tf.sequence_mask(lengths, maxlen=tf.shape(score)[1])
    return v1.where(mask, score, mask_value * tf.ones_like(score))
