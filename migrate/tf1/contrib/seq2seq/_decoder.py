"""The loop over the steps of a decoder."""

from __future__ import annotations

import contextlib
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import zeros
from migrate.tf1._rnn.stacked import transpose_batch_time

v1 = tf.compat.v1


class Decoder:
    """What `dynamic_decode` runs: `initialize` once, `step` until all sequences are finished, `finalize`."""

    @property
    def batch_size(self) -> Any:
        """How many sequences there are."""
        raise NotImplementedError

    @property
    def output_size(self) -> Any:
        """Sizes of what a step gives out."""
        raise NotImplementedError

    @property
    def output_dtype(self) -> Any:
        """Types of what a step gives out."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether `step` says of all sequences if they are finished, not just of those that finish now."""
        return False

    def initialize(self, name: str | None = None) -> Any:
        """Gives `(finished, first_inputs, first_state)`."""
        raise NotImplementedError

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """Gives `(outputs, next_state, next_inputs, finished)`."""
        raise NotImplementedError

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """Gives `(final_outputs, final_state)`; not needed."""
        raise NotImplementedError


def dynamic_decode(
    decoder: Any,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
) -> Any:
    """Runs a decoder: `(final_outputs, final_state, final_sequence_lengths)`."""
    if not isinstance(decoder, Decoder):
        raise TypeError(f"Expected decoder to be a Decoder of migrate.tf1, but saw: {type(decoder)}")
    with v1.variable_scope(scope, "decoder"):
        if maximum_iterations is not None:
            maximum_iterations = tf.convert_to_tensor(maximum_iterations, tf.int32, name="maximum_iterations")
            if maximum_iterations.shape.rank != 0:
                raise ValueError("maximum_iterations must be a scalar")
        finished, inputs, state = decoder.initialize()
        sizes, dtypes, batch = decoder.output_size, decoder.output_dtype, decoder.batch_size
        zero_outputs = tf.nest.map_structure(lambda size, dtype: zeros(batch, size, dtype), sizes, dtypes)
        if maximum_iterations is not None:
            finished = tf.logical_or(finished, maximum_iterations <= 0)
        arrays = tf.nest.map_structure(lambda size, dtype: _array(batch, size, dtype), sizes, dtypes)

        def body(time: Any, arrays: Any, state: Any, inputs: Any, finished: Any, lengths: Any) -> Any:
            outputs, new_state, new_inputs, now = decoder.step(time, inputs, state)
            new_finished = now if decoder.tracks_own_finished else tf.logical_or(now, finished)
            new_lengths = tf.where(finished, lengths, tf.fill(tf.shape(lengths), time + 1))
            tf.nest.assert_same_structure(state, new_state)
            tf.nest.assert_same_structure(arrays, outputs)
            tf.nest.assert_same_structure(inputs, new_inputs)
            if impute_finished:
                outputs = tf.nest.map_structure(lambda out, zero: v1.where(finished, zero, out), outputs, zero_outputs)
                new_state = tf.nest.map_structure(lambda new, old: _unless(finished, new, old), new_state, state)
            arrays = tf.nest.map_structure(lambda array, out: array.write(time, out), arrays, outputs)
            return time + 1, arrays, new_state, new_inputs, new_finished, new_lengths

        done = v1.while_loop(
            lambda _time, _arrays, _state, _inputs, finished, _lengths: tf.logical_not(tf.reduce_all(finished)),
            body,
            loop_vars=(tf.constant(0), arrays, state, inputs, finished, tf.zeros_like(finished, dtype=tf.int32)),
            parallel_iterations=parallel_iterations,
            maximum_iterations=maximum_iterations,
            swap_memory=swap_memory,
        )
        outputs, state, lengths = tf.nest.map_structure(lambda array: array.stack(), done[1]), done[2], done[5]
        with contextlib.suppress(NotImplementedError):
            outputs, state = decoder.finalize(outputs, state, lengths)
        if not output_time_major:
            outputs = tf.nest.map_structure(transpose_batch_time, outputs)
    return outputs, state, lengths


def _array(batch: Any, size: Any, dtype: Any) -> Any:
    shape = None
    if isinstance(size, tf.TensorShape) and size.rank != 0:
        shape = tf.TensorShape([tf.get_static_value(tf.convert_to_tensor(batch))]).concatenate(size)
    return tf.TensorArray(dtype, size=0, dynamic_size=True, element_shape=shape)


def _unless(finished: Any, new: Any, old: Any) -> Any:
    """The old state where a sequence was finished before; what has no entries passes through."""
    if isinstance(old, tf.TensorArray):
        return new
    new.set_shape(old.shape)
    return new if new.shape.rank == 0 else v1.where(finished, old, new)
