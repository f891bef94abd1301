"""One step of a beam search."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

from migrate.tf1.contrib.seq2seq._wrapper import AttentionWrapperState

v1 = tf.compat.v1


class BeamSearchDecoderState(NamedTuple):
    """What a step passes to the next one."""

    cell_state: Any
    log_probs: Any
    finished: Any
    lengths: Any
    accumulated_attention_probs: Any


class BeamSearchDecoderOutput(NamedTuple):
    """What a step gives out."""

    scores: Any
    predicted_ids: Any
    parent_ids: Any


def beam_search_step(
    logits: Any,
    next_cell_state: Any,
    beam_state: Any,
    batch_size: Any,
    beam_width: int,
    end_token: Any,
    length_penalty_weight: Any,
    coverage_penalty_weight: Any,
) -> Any:
    """The best beams of all that the last ones may go on to."""
    static = tf.get_static_value(batch_size)
    finished = beam_state.finished
    going = tf.logical_not(finished)
    log_probs = _only_end(tf.nn.log_softmax(logits), end_token, finished)
    total = tf.expand_dims(beam_state.log_probs, 2) + log_probs
    words = tf.compat.dimension_value(logits.shape[-1]) or tf.shape(logits)[-1]
    longer = tf.one_hot(
        tf.fill([batch_size, beam_width], end_token),
        depth=words,
        on_value=tf.constant(0, tf.int64),
        off_value=tf.constant(1, tf.int64),
        dtype=tf.int64,
    )
    lengths = longer * tf.expand_dims(tf.cast(going, tf.int64), 2) + tf.expand_dims(beam_state.lengths, 2)
    attended = attention_probs(next_cell_state, coverage_penalty_weight)
    if attended is not None:
        attended *= tf.expand_dims(tf.cast(going, tf.float32), 2)
        attended = beam_state.accumulated_attention_probs + attended
    scores = _scores(total, lengths, length_penalty_weight, coverage_penalty_weight, finished, attended)
    best, places = tf.nn.top_k(tf.reshape(scores, [batch_size, -1]), k=beam_width)
    best.set_shape([static, beam_width])
    places.set_shape([static, beam_width])
    parents = tf.cast(places // words, tf.int32, name="next_beam_parent_ids")
    tokens = tf.cast(tf.math.floormod(places, words), tf.int32, name="next_beam_word_ids")

    def of_parents(values: Any) -> Any:
        return _gather(parents, values, batch_size, beam_width, [-1])

    was_finished = of_parents(finished)
    flat = [batch_size * beam_width, -1]
    new_state = BeamSearchDecoderState(
        cell_state=tf.nest.map_structure(
            lambda each: _gather_state(parents, each, batch_size, beam_width, flat), next_cell_state
        ),
        log_probs=_gather(places, total, batch_size, beam_width * words, [-1]),
        finished=tf.logical_or(was_finished, tf.equal(tokens, end_token), name="next_beam_finished"),
        lengths=of_parents(beam_state.lengths) + tf.cast(tf.logical_not(was_finished), tf.int64),
        accumulated_attention_probs=()
        if attended is None
        else _gather(parents, attended, batch_size, beam_width, flat),
    )
    return BeamSearchDecoderOutput(scores=best, predicted_ids=tokens, parent_ids=parents), new_state


def attention_probs(cell_state: Any, coverage_penalty_weight: Any) -> Any:
    """The weights of attention in a state, or None where there is no penalty for what they cover."""
    if isinstance(coverage_penalty_weight, float | int) and coverage_penalty_weight == 0.0:
        return None
    states = [cell_state] if isinstance(cell_state, AttentionWrapperState) else cell_state
    found = [_mean(each.alignments) for each in states if isinstance(each, AttentionWrapperState)]
    if not found:
        raise ValueError("coverage_penalty_weight must be 0.0 if no cell is attentional.")
    return _mean(tuple(found)) if len(found) > 1 else found[0]


def _mean(values: Any) -> Any:
    return tf.reduce_mean(tf.stack(values, -1), -1) if isinstance(values, tuple) else values


def _scores(total: Any, lengths: Any, length_weight: Any, coverage_weight: Any, finished: Any, attended: Any) -> Any:
    length_weight = tf.convert_to_tensor(length_weight, name="penalty_factor")
    length_weight.set_shape(())
    scores = total
    if tf.get_static_value(length_weight) != 0:
        penalty = ((5.0 + tf.cast(lengths, tf.float32)) ** length_weight) / ((5.0 + 1.0) ** length_weight)
        scores = total / tf.cast(penalty, total.dtype)
    coverage_weight = tf.convert_to_tensor(coverage_weight, name="coverage_penalty_weight")
    if coverage_weight.shape.rank != 0:
        raise ValueError(f"coverage_penalty_weight should be a scalar, but saw shape: {coverage_weight.shape}")
    if attended is None:
        return scores
    covered = tf.where(tf.equal(attended, 0.0), tf.ones_like(attended), attended)
    penalty = tf.reduce_sum(tf.math.log(tf.minimum(covered, 1.0)), 2) * tf.cast(finished, tf.float32)
    return scores + tf.expand_dims(penalty * coverage_weight, 2)


def _only_end(log_probs: Any, end_token: Any, finished: Any) -> Any:
    """A finished beam can only end again."""
    words = tf.shape(log_probs)[2]
    row = tf.one_hot(
        end_token,
        words,
        dtype=log_probs.dtype,
        on_value=tf.constant(0.0, log_probs.dtype),
        off_value=log_probs.dtype.min,
    )
    rows = tf.tile(tf.reshape(row, [1, 1, -1]), tf.concat([tf.shape(finished), [1]], 0))
    return tf.where(tf.tile(tf.expand_dims(finished, 2), [1, 1, words]), rows, log_probs)


def _gather_state(places: Any, values: Any, batch_size: Any, width: Any, shape: list[Any]) -> Any:
    if isinstance(values, tf.TensorArray) or values.shape.rank < len(shape):
        return values
    return _gather(places, values, batch_size, width, shape)


def _gather(places: Any, values: Any, batch_size: Any, width: Any, shape: list[Any]) -> Any:
    """Entries of each batch entry, by their places in it."""
    rows = tf.expand_dims(tf.range(batch_size) * width, 1)
    found = tf.gather(tf.reshape(values, shape), tf.reshape(places + rows, [-1]))
    found = tf.reshape(found, tf.shape(values)[: 1 + len(shape)])
    static = tf.TensorShape([tf.get_static_value(batch_size)])
    found.set_shape(static.concatenate(values.shape[1 : 1 + len(shape)]))
    return found
