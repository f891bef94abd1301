"""One step along the sequence, as recurrent cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell


class _Chain(RNNCell):
    def __init__(self, transition_params: Any) -> None:
        self._transition_params = tf.expand_dims(transition_params, 0)
        self._num_tags = tf.compat.dimension_value(transition_params.shape[0])

    @property
    def state_size(self) -> Any:
        """The number of tags."""
        return self._num_tags

    @property
    def output_size(self) -> Any:
        """The number of tags."""
        return self._num_tags

    def _scores(self, state: Any) -> Any:
        """Of coming from each tag to each tag: [batch, from, to]."""
        return tf.expand_dims(state, 2) + self._transition_params


class CrfForwardRnnCell(_Chain):
    """Sums over all ways to each tag, in logarithms."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:  # noqa: ARG002 - cells have it
        """One step."""
        alphas = inputs + tf.reduce_logsumexp(self._scores(state), [1])
        return alphas, alphas


class CrfDecodeForwardRnnCell(_Chain):
    """The best way to each tag: its score, and the tag before."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:  # noqa: ARG002 - cells have it
        """One step."""
        scores = self._scores(state)
        return tf.cast(tf.argmax(scores, 1), tf.int32), inputs + tf.reduce_max(scores, [1])


class CrfDecodeBackwardRnnCell(RNNCell):
    """Follows the tags before, from the last one back."""

    def __init__(self, num_tags: Any) -> None:
        self._num_tags = num_tags

    @property
    def state_size(self) -> int:
        """One tag."""
        return 1

    @property
    def output_size(self) -> int:
        """One tag."""
        return 1

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:  # noqa: ARG002 - cells have it
        """One step."""
        rows = tf.range(tf.shape(inputs)[0])
        tags = tf.gather_nd(inputs, tf.stack([rows, tf.squeeze(state, [1])], axis=1))
        return tf.expand_dims(tags, -1), tf.expand_dims(tags, -1)


def unless_single(inputs: Any, single: Callable[[], Any], several: Callable[[], Any]) -> Any:
    """One of both, by whether the sequences are of length 1; both are in the graph where that is not known."""
    length = tf.compat.dimension_value(inputs.shape[1])
    if length:
        return single() if length == 1 else several()
    result = tf.compat.v1.cond(tf.equal(tf.shape(inputs)[1], 1), single, several)
    parts = result if isinstance(result, tuple | list) else [result]
    if parts[0].op.type == "Merge":
        return result
    # Under the names that TensorFlow 1's conditions gave: `cond/Merge`, `cond/Merge_1`.
    with tf.compat.v1.name_scope(parts[0].op.name.rpartition("/")[0] + "/"):
        parts = [tf.identity(each, name="Merge") for each in parts]
    return tuple(parts) if isinstance(result, tuple | list) else parts[0]


def less_one(sequence_lengths: Any) -> Any:
    """The lengths without the first element, never below zero."""
    return tf.maximum(tf.constant(0, sequence_lengths.dtype), sequence_lengths - 1)
