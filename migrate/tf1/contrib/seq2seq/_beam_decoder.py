"""The decoder that keeps several beams."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import tensorflow as tf

from migrate.tf1._rnn.cell import check_cell
from migrate.tf1.contrib.seq2seq._basic_decoder import check_layer, layer_size
from migrate.tf1.contrib.seq2seq._beam_step import (
    BeamSearchDecoderOutput,
    BeamSearchDecoderState,
    attention_probs,
    beam_search_step,
)
from migrate.tf1.contrib.seq2seq._decoder import Decoder
from migrate.tf1.contrib.seq2seq._gather_tree import gather_tree, gather_tree_from_array
from migrate.tf1.contrib.seq2seq._helpers import embedder

v1 = tf.compat.v1

__all__ = [
    "BeamSearchDecoder",
    "BeamSearchDecoderOutput",
    "BeamSearchDecoderState",
    "FinalBeamSearchDecoderOutput",
]


class FinalBeamSearchDecoderOutput(NamedTuple):
    """The sequences, best first, and what each step gave out."""

    predicted_ids: Any
    beam_search_decoder_output: Any


class BeamSearchDecoder(Decoder):
    """Keeps the `beam_width` best sequences of each batch entry."""

    def __init__(
        self,
        cell: Any,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        initial_state: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
    ) -> None:
        check_cell("cell", cell)
        check_layer("output_layer", output_layer)
        self._cell = cell
        self._output_layer = output_layer
        self._beam_width = beam_width
        self._length_penalty_weight = length_penalty_weight
        self._coverage_penalty_weight = coverage_penalty_weight
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._embedding_fn = embedder(embedding)
        tokens = tf.convert_to_tensor(start_tokens, tf.int32, name="start_tokens")
        if tokens.shape.rank != 1:
            raise ValueError("start_tokens must be a vector")
        self._end_token = tf.convert_to_tensor(end_token, tf.int32, name="end_token")
        if self._end_token.shape.rank != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = tf.size(start_tokens)
        self._initial_cell_state = tf.nest.map_structure(self._maybe_split, initial_state, cell.state_size)
        self._start_tokens = tf.tile(tf.expand_dims(tokens, 1), [1, beam_width])
        self._start_inputs = self._embedding_fn(self._start_tokens)
        self._finished = self._first_beam(False, True, tf.bool)

    @property
    def batch_size(self) -> Any:
        """How many sequences there are, before they are beams."""
        return self._batch_size

    @property
    def tracks_own_finished(self) -> bool:
        """Beams change places."""
        return True

    @property
    def output_size(self) -> Any:
        """A number for each beam."""
        size = tf.TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(scores=size, predicted_ids=size, parent_ids=size)

    @property
    def output_dtype(self) -> Any:
        """The state's first type for scores, int32 for the others."""
        dtype = tf.nest.flatten(self._initial_cell_state)[0].dtype
        sizes = layer_size(self._output_layer, self._cell.output_size)
        scores = tf.nest.map_structure(lambda _: dtype, sizes)
        return BeamSearchDecoderOutput(scores=scores, predicted_ids=tf.int32, parent_ids=tf.int32)

    def initialize(self, name: str | None = None) -> Any:  # noqa: ARG002 - decoders have it
        """Gives `(finished, first_inputs, first_state)`: only the first beam counts."""
        dtype = tf.nest.flatten(self._initial_cell_state)[0].dtype
        off, on = tf.constant(-math.inf, dtype), tf.constant(0.0, dtype)
        attended = attention_probs(self._initial_cell_state, self._coverage_penalty_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state,
            log_probs=self._first_beam(on, off, dtype),
            finished=self._finished,
            lengths=tf.zeros([self._batch_size, self._beam_width], tf.int64),
            accumulated_attention_probs=() if attended is None else attended,
        )
        return self._finished, self._start_inputs, state

    def _first_beam(self, on: Any, off: Any, dtype: Any) -> Any:
        first = tf.zeros([self._batch_size], tf.int32)
        return tf.one_hot(first, depth=self._beam_width, on_value=on, off_value=off, dtype=dtype)

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """Gives `(outputs, next_state, next_inputs, finished)`."""
        with v1.name_scope(name, "BeamSearchDecoderStep", (time, inputs, state)):
            inputs = tf.nest.map_structure(lambda each: self._merge(each, each.shape[2:]), inputs)
            cell_state = tf.nest.map_structure(self._maybe_merge, state.cell_state, self._cell.state_size)
            outputs, cell_state = self._cell(inputs, cell_state)
            outputs = tf.nest.map_structure(lambda each: self._split(each, each.shape[1:]), outputs)
            cell_state = tf.nest.map_structure(self._maybe_split, cell_state, self._cell.state_size)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            output, new_state = beam_search_step(
                logits=outputs,
                next_cell_state=cell_state,
                beam_state=state,
                batch_size=self._batch_size,
                beam_width=self._beam_width,
                end_token=self._end_token,
                length_penalty_weight=self._length_penalty_weight,
                coverage_penalty_weight=self._coverage_penalty_weight,
            )
            next_inputs = v1.cond(
                tf.reduce_all(new_state.finished),
                lambda: self._start_inputs,
                lambda: self._embedding_fn(output.predicted_ids),
            )
        return output, new_state, next_inputs, new_state.finished

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:  # noqa: ARG002 - decoders have it
        """Follows the beams back; arrays in the state become tensors in the order of the final beams."""
        lengths = tf.cast(tf.reduce_max(final_state.lengths, axis=1), tf.int32)
        predicted = gather_tree(outputs.predicted_ids, outputs.parent_ids, lengths, self._end_token)
        if self._reorder_tensor_arrays:
            final_state = final_state._replace(
                cell_state=tf.nest.map_structure(
                    lambda each: self._maybe_sort(each, outputs.parent_ids, final_state.lengths),
                    final_state.cell_state,
                )
            )
        return FinalBeamSearchDecoderOutput(predicted, outputs), final_state

    def _split(self, t: Any, size: Any) -> Any:
        made = tf.reshape(t, tf.concat([[self._batch_size, self._beam_width], tf.shape(t)[1:]], 0))
        static = tf.get_static_value(self._batch_size)
        expected = tf.TensorShape([static, self._beam_width]).concatenate(_shape(size))
        if not made.shape.is_compatible_with(expected):
            raise ValueError(
                f"A state of shape {made.shape} does not fit (batch_size, beam_width, depth) == {expected}: make it "
                "for batch_size * beam_width, with tile_batch or zero_state."
            )
        made.set_shape(expected)
        return made

    def _merge(self, t: Any, size: Any) -> Any:
        made = tf.reshape(t, tf.concat([[self._batch_size * self._beam_width], tf.shape(t)[2:]], 0))
        static = tf.get_static_value(self._batch_size)
        rows = None if static is None else static * self._beam_width
        made.set_shape(tf.TensorShape([rows]).concatenate(_shape(size)))
        return made

    def _maybe_split(self, t: Any, size: Any) -> Any:
        return self._split(t, size) if _rank(t) >= 1 else t

    def _maybe_merge(self, t: Any, size: Any) -> Any:
        return self._merge(t, size) if _rank(t) >= 2 else t

    def _maybe_sort(self, t: Any, parent_ids: Any, lengths: Any) -> Any:
        if not isinstance(t, tf.TensorArray) or not self._sortable(t.element_shape):
            return t
        stacked = t.stack()
        shape, batch, width = tf.shape(stacked), self._batch_size, self._beam_width
        fits = tf.equal(shape[1], batch * width)
        if stacked.shape.rank != 2:
            fits = tf.logical_or(fits, tf.logical_and(tf.equal(shape[1], batch), tf.equal(shape[2], width)))
        message = "Entries of an array in the state are not for batch_size and beam_width: set reorder_tensor_arrays."
        with tf.control_dependencies([v1.Assert(fits, [message])]):
            return gather_tree_from_array(stacked, parent_ids, lengths)

    def _sortable(self, shape: Any) -> bool:
        """Whether entries of such a shape may be for each batch entry and beam."""
        if not shape.rank:
            return False
        batch, width, known = tf.get_static_value(self._batch_size), self._beam_width, shape.as_list()
        if batch is None or known[0] is None:
            return True
        # As TensorFlow 1 had it: rows of batch and beam together do only where the columns are not known.
        return known[0] == batch * width and (len(known) < 2 or known[1] is None or known[:2] == [batch, width])


def _shape(size: Any) -> Any:
    return tf.TensorShape(tf.get_static_value(size) if tf.is_tensor(size) else size)


def _rank(t: Any) -> int:
    """Of a tensor; 0 for what stays as it is."""
    if isinstance(t, tf.TensorArray):
        return 0
    if t.shape.rank is None:
        raise ValueError(f"Expected tensor ({t}) to have known rank, but ndims == None.")
    return int(t.shape.rank)
