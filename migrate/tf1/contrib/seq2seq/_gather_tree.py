"""What the operation GatherTree did, which TensorFlow 2 has no longer."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


def gather_tree(
    step_ids: Any, parent_ids: Any, max_sequence_lengths: Any, end_token: Any, name: str | None = None
) -> Any:
    """The full sequences that beams end with, from the tokens and parents of each step.

    Args:
        step_ids: int32 [time, batch, beam], the tokens.
        parent_ids: int32 [time, batch, beam], from which beam each token went on.
        max_sequence_lengths: int32 [batch], where the sequences of each batch entry end at the latest.
        end_token: What ends a sequence; behind it there is nothing else.
        name: Of the operations.

    Returns:
        int32 [time, batch, beam].
    """
    with tf.compat.v1.name_scope(name, "GatherTree", [step_ids, parent_ids, max_sequence_lengths, end_token]):
        ids = tf.convert_to_tensor(step_ids, tf.int32)
        parents = tf.convert_to_tensor(parent_ids, tf.int32)
        lengths = tf.convert_to_tensor(max_sequence_lengths, tf.int32)
        end = tf.convert_to_tensor(end_token, tf.int32)
        shape = tf.shape(ids)
        beams = tf.tile(tf.expand_dims(tf.range(shape[2]), 0), [shape[1], 1])
        used = tf.transpose(tf.sequence_mask(lengths, shape[0]))

        # From the last step back; each beam starts as itself where its batch entry ends.
        def back(carried: Any, step: Any) -> Any:
            beam, _ = carried
            ids_now, parents_now, used_now = step
            here = tf.tile(tf.expand_dims(used_now, 1), [1, shape[2]])
            token = tf.where(here, tf.gather(ids_now, beam, batch_dims=1), tf.fill(tf.shape(beam), end))
            return tf.where(here, tf.gather(parents_now, beam, batch_dims=1), beam), token

        _, tokens = tf.scan(back, (ids, parents, used), initializer=(beams, beams), reverse=True)
        ended = tf.cumsum(tf.cast(tf.equal(tokens, end), tf.int32), axis=0, exclusive=True)
        tokens = tf.where(ended > 0, tf.fill(tf.shape(tokens), end), tokens)
        tokens.set_shape(ids.shape)
        return tokens


def gather_tree_from_array(t: Any, parent_ids: Any, sequence_length: Any) -> Any:
    """Entries [time, batch, beam, ...] or [time, batch * beam, ...] in the order of the final beams."""
    shape = tf.shape(parent_ids)
    static = parent_ids.shape.as_list()
    steps, batch, width = (known or shape[axis] for axis, known in enumerate(static))
    # As many reshapes and transposes as TensorFlow 1 had, since the names of what follows count them.
    beams = tf.tile(tf.expand_dims(tf.expand_dims(tf.range(width), 0), 0), [steps, batch, 1])
    longest = tf.cast(tf.reduce_max(sequence_length, axis=1), tf.int32)
    ordered = gather_tree(beams, parent_ids, longest, width + 1)
    used = tf.transpose(tf.sequence_mask(sequence_length, maxlen=steps), perm=[2, 0, 1])
    ordered = tf.where(used, ordered, beams)
    times = tf.tile(tf.reshape(tf.range(steps), [-1, 1, 1]), [1, batch, width])
    rows = tf.transpose(tf.tile(tf.reshape(tf.range(batch), [-1, 1, 1]), [1, steps, width]), perm=[1, 0, 2])
    found = tf.gather_nd(tf.reshape(t, [steps, batch, width, -1]), tf.stack([times, rows, ordered], -1))
    return tf.reshape(found, tf.shape(t))
