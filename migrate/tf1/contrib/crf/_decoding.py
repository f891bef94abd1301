"""The sequence of tags that scores best."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from migrate.tf1.contrib.crf._cells import CrfDecodeBackwardRnnCell, CrfDecodeForwardRnnCell, less_one, unless_single


def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> Any:
    """The best tags as int32 [batch, steps], zero behind the end, and what they score."""

    def single() -> Any:
        scores = tf.squeeze(potentials, [1])
        tags = tf.expand_dims(tf.argmax(scores, axis=1), 1)
        return tf.cast(tags, tf.int32), tf.reduce_max(scores, axis=1)

    def several() -> Any:
        lengths = less_one(sequence_length)
        before, last = tf.compat.v1.nn.dynamic_rnn(
            CrfDecodeForwardRnnCell(transition_params),
            inputs=tf.slice(potentials, [0, 1, 0], [-1, -1, -1]),
            sequence_length=lengths,
            initial_state=tf.squeeze(tf.slice(potentials, [0, 0, 0], [-1, 1, -1]), axis=[1]),
            dtype=tf.int32,
        )
        best = tf.expand_dims(tf.cast(tf.argmax(last, axis=1), tf.int32), -1)
        tags, _ = tf.compat.v1.nn.dynamic_rnn(
            CrfDecodeBackwardRnnCell(tf.compat.dimension_value(potentials.shape[2])),
            inputs=tf.reverse_sequence(before, lengths, seq_axis=1),
            sequence_length=lengths,
            initial_state=best,
            dtype=tf.int32,
        )
        tags = tf.concat([best, tf.squeeze(tags, axis=[2])], axis=1)
        return tf.reverse_sequence(tags, sequence_length, seq_axis=1), tf.reduce_max(last, axis=1)

    return unless_single(potentials, single, several)


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[Any], Any]:
    """The best tags of one sequence, and what they score: arrays in, a list of numbers out."""
    trellis = np.zeros_like(score)
    before = np.zeros_like(score, dtype=np.int32)
    trellis[0] = score[0]
    for step in range(1, score.shape[0]):
        ways = np.expand_dims(trellis[step - 1], 1) + transition_params
        trellis[step] = score[step] + np.max(ways, 0)
        before[step] = np.argmax(ways, 0)
    tags = [np.argmax(trellis[-1])]
    for each in reversed(before[1:]):
        tags.append(each[tags[-1]])
    return tags[::-1], np.max(trellis[-1])
