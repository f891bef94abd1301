"""Attention that only goes forward."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from migrate.tf1.contrib.seq2seq._attention import MemoryAttention, bahdanau_score, luong_score, units_layer

v1 = tf.compat.v1


def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> Any:
    """The product of all values so far, by way of logarithms."""
    with v1.name_scope(None, "SafeCumprod", [x]):
        x = tf.convert_to_tensor(x, name="x")
        tiny = np.finfo(x.dtype.as_numpy_dtype).tiny
        return tf.exp(tf.cumsum(tf.math.log(tf.clip_by_value(x, tiny, 1)), *args, **kwargs))


def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> Any:
    """The weights, from the probabilities to stop at each entry and the weights before."""
    p = tf.convert_to_tensor(p_choose_i, name="p_choose_i")
    previous = tf.convert_to_tensor(previous_attention, name="previous_attention")
    if mode == "parallel":
        going = safe_cumprod(1 - p, axis=1, exclusive=True)
        return p * going * tf.cumsum(previous / tf.clip_by_value(going, 1e-10, 1.0), axis=1)
    if mode == "hard":
        p *= tf.cumsum(previous, axis=1)
        return p * tf.math.cumprod(1 - p, axis=1, exclusive=True)
    if mode == "recursive":
        batch = tf.compat.dimension_value(p.shape[0]) or tf.shape(p)[0]
        passing = tf.concat([tf.ones((batch, 1)), 1 - p[:, :-1]], 1)
        columns = [tf.transpose(passing), tf.transpose(previous)]
        reached = tf.scan(lambda x, yz: tf.reshape(yz[0] * x + yz[1], (batch,)), columns, tf.zeros((batch,)))
        return p * tf.transpose(reached)
    raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")


class _Monotonic(MemoryAttention):
    def __init__(
        self,
        query_layer: Any,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any,
        score_mask_value: Any,
        sigmoid_noise: float,
        sigmoid_noise_seed: int | None,
        score_bias_init: float,
        mode: str,
        dtype: Any,
        name: str,
    ) -> None:
        def probabilities(score: Any, previous: Any) -> Any:
            if sigmoid_noise > 0:
                noise = v1.random_normal(tf.shape(score), dtype=score.dtype, seed=sigmoid_noise_seed)
                score += sigmoid_noise * noise
            stopping = tf.cast(score > 0, score.dtype) if mode == "hard" else tf.sigmoid(score)
            return monotonic_attention(stopping, previous, mode)

        super().__init__(
            query_layer=query_layer,
            memory_layer=units_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=probabilities,
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._score_bias_init = score_bias_init
        self._name = name

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """All weight on the first entry."""
        return tf.one_hot(tf.zeros((batch_size,), tf.int32), self._alignments_size, dtype=dtype)

    def _weights(self, score: Any, dtype: Any, state: Any) -> Any:
        bias = v1.get_variable("attention_score_bias", dtype=dtype, initializer=self._score_bias_init)
        return self._probability_fn(score + bias, state)


class BahdanauMonotonicAttention(_Monotonic):
    """The scores of BahdanauAttention plus the variable `attention_score_bias`."""

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "BahdanauMonotonicAttention",
    ) -> None:
        query_layer = units_layer(num_units, "query_layer", dtype)
        super().__init__(
            query_layer, num_units, memory, memory_sequence_length, score_mask_value, sigmoid_noise,
            sigmoid_noise_seed, score_bias_init, mode, dtype, name,
        )  # fmt: skip
        self._normalize = normalize

    def __call__(self, query: Any, state: Any) -> Any:
        """The weights, twice: they are the state, too."""
        with v1.variable_scope(None, "bahdanau_monotonic_attention", [query]):
            processed = self.query_layer(query)
            score = bahdanau_score(processed, query.dtype, self._keys, self._num_units, self._normalize)
            alignments = self._weights(score, processed.dtype, state)
        return alignments, alignments


class LuongMonotonicAttention(_Monotonic):
    """The scores of LuongAttention plus the variable `attention_score_bias`."""

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "LuongMonotonicAttention",
    ) -> None:
        super().__init__(
            None, num_units, memory, memory_sequence_length, score_mask_value, sigmoid_noise,
            sigmoid_noise_seed, score_bias_init, mode, dtype, name,
        )  # fmt: skip
        self._scale = scale

    def __call__(self, query: Any, state: Any) -> Any:
        """The weights, twice: they are the state, too."""
        with v1.variable_scope(None, "luong_monotonic_attention", [query]):
            score = luong_score(query, self._keys, self._scale)
            alignments = self._weights(score, query.dtype, state)
        return alignments, alignments
