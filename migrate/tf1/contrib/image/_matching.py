"""`tf.contrib.image.bipartite_match`, with the operations that TensorFlow 2 has."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


def bipartite_match(
    distance_mat: Any, num_valid_rows: Any, top_k: Any = -1, name: str = "bipartite_match"
) -> tuple[Any, Any]:
    """Matches rows and columns, those of the smallest distance first; of equal ones, the first. Distances are finite.

    Args:
        distance_mat: Distances, rows by columns.
        num_valid_rows: How many of the rows count; all if it is negative.
        top_k: How many matches are wanted; as many as there can be if it is negative.
        name: Name of the operations.

    Returns:
        The column of each row and the row of each column; -1 where there is none.
    """
    with tf.name_scope(name):
        distances = tf.convert_to_tensor(distance_mat, tf.float32)
        shape = tf.shape(distances)
        rows, columns = shape[0], shape[1]
        valid = tf.cast(tf.reshape(num_valid_rows, []), tf.int32)
        valid = tf.where(valid < 0, rows, tf.minimum(valid, rows))
        most = tf.minimum(valid, columns)
        wanted = tf.cast(tf.reshape(top_k, []), tf.int32)
        count = tf.where(wanted < 0, most, tf.minimum(wanted, most))
        counting = tf.broadcast_to((tf.range(rows) < valid)[:, tf.newaxis], shape)

        def step(number: Any, left: Any, of_rows: Any, of_columns: Any) -> tuple[Any, ...]:
            # What is matched already is behind everything else, also behind distances that have no limit.
            order = tf.where(left, distances, tf.fill(shape, float("inf")))
            best = tf.reduce_min(order)
            place = tf.argmax(tf.reshape(tf.cast(left & (order <= best), tf.int32), [-1]), output_type=tf.int32)
            row, column = place // columns, place % columns
            here, there = tf.equal(tf.range(rows), row), tf.equal(tf.range(columns), column)
            left = left & ~here[:, tf.newaxis] & ~there[tf.newaxis, :]
            return number + 1, left, tf.where(here, column, of_rows), tf.where(there, row, of_columns)

        start = (tf.constant(0), counting, tf.fill([rows], -1), tf.fill([columns], -1))
        found = tf.while_loop(lambda number, *_: number < count, step, start)
        of_rows = tf.ensure_shape(found[2], [distances.shape[0]])
        of_columns = tf.ensure_shape(found[3], [distances.shape[1]])
        return of_rows, of_columns
