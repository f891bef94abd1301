"""What a sequence of tags scores, and the likelihood that follows from it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.crf._cells import CrfForwardRnnCell, less_one, unless_single


def crf_sequence_score(inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The unnormalized score of each sequence of tags."""

    def single() -> Any:
        rows = tf.range(tf.shape(inputs, out_type=tag_indices.dtype)[0], dtype=tag_indices.dtype)
        where = tf.concat([tf.reshape(rows, [-1, 1]), tag_indices], axis=1)
        return _zero_where_empty(tf.gather_nd(tf.squeeze(inputs, [1]), where), sequence_lengths)

    def several() -> Any:
        unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
        return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)

    return unless_single(inputs, single, several)


def crf_multitag_sequence_score(inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The unnormalized score of all sequences whose tags are marked."""

    def marked() -> Any:
        return tf.where(tag_bitmap, inputs, tf.fill(tf.shape(inputs), float("-inf")))

    return unless_single(
        inputs,
        lambda: tf.reduce_logsumexp(marked(), axis=[1, 2]),
        lambda: crf_log_norm(marked(), sequence_lengths, transition_params),
    )


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The logarithm of the sum over all sequences of tags."""
    first = tf.squeeze(tf.slice(inputs, [0, 0, 0], [-1, 1, -1]), [1])

    def single() -> Any:
        return _zero_where_empty(tf.reduce_logsumexp(first, [1]), sequence_lengths)

    def several() -> Any:
        _, alphas = tf.compat.v1.nn.dynamic_rnn(
            cell=CrfForwardRnnCell(transition_params),
            inputs=tf.slice(inputs, [0, 1, 0], [-1, -1, -1]),
            sequence_length=less_one(sequence_lengths),
            initial_state=first,
            dtype=tf.float32,
        )
        return _zero_where_empty(tf.reduce_logsumexp(alphas, [1]), sequence_lengths)

    return unless_single(inputs, single, several)


def crf_log_likelihood(inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None) -> Any:
    """The log-likelihood of each sequence, and the transitions: the variable `transitions` where none are given."""
    if transition_params is None:
        tags = tf.compat.dimension_value(inputs.shape[2])
        transition_params = tf.compat.v1.get_variable("transitions", [tags, tags])
    scores = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return scores - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Any:
    """The sum of what each tag scores by itself."""
    shape = tf.shape(inputs)
    batch, steps, tags = shape[0], shape[1], shape[2]
    offsets = tf.expand_dims(tf.range(batch) * steps * tags, 1) + tf.expand_dims(tf.range(steps) * tags, 0)
    offsets = tf.cast(offsets, tf.int64) if tag_indices.dtype == tf.int64 else offsets
    scores = tf.gather(tf.reshape(inputs, [-1]), tf.reshape(offsets + tag_indices, [-1]))
    return tf.reduce_sum(tf.reshape(scores, [batch, steps]) * _mask(tag_indices, sequence_lengths), 1)


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The sum of what each tag scores after the one before."""
    tags = transition_params.shape[0]
    count = tf.shape(tag_indices)[1] - 1
    before = tf.slice(tag_indices, [0, 0], [-1, count])
    after = tf.slice(tag_indices, [0, 1], [-1, count])
    scores = tf.gather(tf.reshape(transition_params, [-1]), before * tags + after)
    mask = tf.slice(_mask(tag_indices, sequence_lengths), [0, 1], [-1, -1])
    return tf.reduce_sum(scores * mask, 1)


def _mask(tag_indices: Any, sequence_lengths: Any) -> Any:
    return tf.sequence_mask(sequence_lengths, maxlen=tf.shape(tag_indices)[1], dtype=tf.float32)


def _zero_where_empty(values: Any, sequence_lengths: Any) -> Any:
    return tf.where(tf.less_equal(sequence_lengths, 0), tf.zeros_like(values), values)
