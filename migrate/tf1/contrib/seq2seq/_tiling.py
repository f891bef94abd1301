"""Each entry of a batch several times."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


def tile_batch(t: Any, multiplier: Any, name: str | None = None) -> Any:
    """Repeats each entry of the batch, next to itself, in all tensors of a structure."""
    with tf.compat.v1.name_scope(name, "tile_batch", [*tf.nest.flatten(t), multiplier]):
        return tf.nest.map_structure(lambda each: _tile(each, multiplier), t)


def _tile(t: Any, multiplier: Any) -> Any:
    t = tf.convert_to_tensor(t, name="t")
    if not t.shape.rank:
        raise ValueError("t must have statically known rank")
    shape = tf.shape(t)
    static = tf.compat.dimension_value(t.shape[0])
    tiling = [1] * (t.shape.rank + 1)
    tiling[1] = multiplier
    tiled = tf.tile(tf.expand_dims(t, 1), tiling)
    tiled = tf.reshape(tiled, tf.concat([[shape[0] * multiplier], shape[1:]], 0))
    tiled.set_shape(tf.TensorShape([None if static is None else static * multiplier]).concatenate(t.shape[1:]))
    return tiled
