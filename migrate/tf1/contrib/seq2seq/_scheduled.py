"""Training that now and then reads its own outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.stacked import transpose_batch_time
from migrate.tf1.contrib.seq2seq._helpers import TrainingHelper, embedder, unstacked
from migrate.tf1.contrib.seq2seq._sampling import bernoulli_sample, categorical_sample

v1 = tf.compat.v1


def _probability(value: Any) -> Any:
    tensor = tf.convert_to_tensor(value, name="sampling_probability")
    if tensor.shape.rank not in (0, 1):
        raise ValueError(f"sampling_probability must be either a scalar or a vector. saw shape: {tensor.shape}")
    return tensor


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Draws some tokens, whose embeddings come next; samples are -1 where nothing was drawn."""

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        embedding: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        scheduling_seed: int | None = None,
        name: str | None = None,
    ) -> None:
        with v1.name_scope(name, "ScheduledEmbeddingSamplingWrapper", [embedding, sampling_probability]):
            self._embedding_fn = embedder(embedding)
            self._sampling_probability = _probability(sampling_probability)
            self._seed = seed
            self._scheduling_seed = scheduling_seed
            super().__init__(inputs, sequence_length, time_major=time_major, name=name)

    def sample(self, time: Any, outputs: Any, state: Any = None, name: str | None = None, **_: Any) -> Any:
        """Gives the samples."""
        with v1.name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time, outputs, state]):
            drawn = bernoulli_sample(self._sampling_probability, tf.bool, self.batch_size, self._scheduling_seed)
            tokens = categorical_sample(outputs, seed=self._seed)
            return v1.where(drawn, tokens, tf.fill([self.batch_size], -1))

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any = None, name: str | None = None, **_: Any
    ) -> Any:
        """Gives `(finished, next_inputs, next_state)`."""
        with v1.name_scope(name, "ScheduledEmbeddingTrainingHelperNextInputs", [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(time, outputs, state, sample_ids, name)

            def mixed() -> Any:
                drawn, kept = _places(sample_ids > -1), _places(sample_ids <= -1)
                own = self._embedding_fn(tf.gather_nd(sample_ids, drawn))
                shape = tf.shape(given)
                return tf.scatter_nd(drawn, own, shape) + tf.scatter_nd(kept, tf.gather_nd(given, kept), shape)

            return finished, v1.cond(tf.reduce_all(finished), lambda: given, mixed), state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """Some outputs come next as they are; samples say where."""

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        next_inputs_fn: Callable[[Any], Any] | None = None,
        auxiliary_inputs: Any = None,
        name: str | None = None,
    ) -> None:
        values = [inputs, auxiliary_inputs, sampling_probability]
        with v1.name_scope(name, "ScheduledOutputTrainingHelper", values):
            self._sampling_probability = _probability(sampling_probability)
            self._auxiliary = None
            if auxiliary_inputs is not None:
                inputs = tf.convert_to_tensor(inputs, name="inputs")
                auxiliary_inputs = tf.convert_to_tensor(auxiliary_inputs, name="auxiliary_inputs")
                inputs = tf.concat([inputs, auxiliary_inputs], -1)
                self._auxiliary = unstacked(auxiliary_inputs if time_major else transpose_batch_time(auxiliary_inputs))
            self._seed = seed
            self._next_inputs_fn = next_inputs_fn
            super().__init__(inputs, sequence_length, time_major=time_major, name=name)

    def sample(self, time: Any, outputs: Any, state: Any = None, name: str | None = None, **_: Any) -> Any:
        """Gives the samples."""
        with v1.name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs, state]):
            return bernoulli_sample(self._sampling_probability, tf.int32, self.batch_size, self._seed)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any = None, name: str | None = None, **_: Any
    ) -> Any:
        """Gives `(finished, next_inputs, next_state)`."""
        with v1.name_scope(name, "ScheduledOutputTrainingHelperNextInputs", [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(time, outputs, state, sample_ids, name)
            drawn = tf.cast(sample_ids, tf.bool)

            def mixed() -> Any:
                if self._next_inputs_fn is None:
                    return v1.where(drawn, self._with_auxiliary(outputs, time), given)
                places, kept = _places(drawn), _places(tf.logical_not(drawn))
                own = self._next_inputs_fn(tf.gather_nd(outputs, places))
                shape = tf.shape(given)
                own = tf.scatter_nd(places, self._with_auxiliary(own, time, places), shape)
                return own + tf.scatter_nd(kept, tf.gather_nd(given, kept), shape)

            nothing = tf.logical_or(tf.reduce_all(finished), tf.logical_not(tf.reduce_any(drawn)))
            return finished, v1.cond(nothing, lambda: given, mixed), state

    def _with_auxiliary(self, values: Any, time: Any, places: Any = None) -> Any:
        if self._auxiliary is None:
            return values
        more = self._auxiliary.read(time + 1)
        return tf.concat([values, more if places is None else tf.gather_nd(more, places)], -1)


def _places(mask: Any) -> Any:
    return tf.cast(tf.where(mask), tf.int32)
