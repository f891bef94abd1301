"""A condition that is decided while the graph is built, where its value is known."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import tensorflow as tf


def known(predicate: Any) -> bool | None:
    """The predicate's value, or None for a tensor whose value only the session knows."""
    if isinstance(predicate, tf.Variable):
        return None
    if tf.is_tensor(predicate):
        value = tf.get_static_value(predicate)
        return None if value is None else bool(value)
    if isinstance(predicate, bool) or predicate in (0, 1):
        return bool(predicate)
    raise TypeError(f"a condition must be a bool, 1, 0, or a tensor, not {predicate!r}")


def branch(predicate: Any, yes: Callable[[], Any], no: Callable[[], Any], name: str | None = None) -> Any:
    """What one of two functions gives; both become part of the graph where the condition is not known.

    Results have the names that TensorFlow 1's conditions gave them, `cond/Merge`, whatever makes conditions now.
    """
    value = known(predicate)
    if value is not None:
        return yes() if value else no()
    result = tf.compat.v1.cond(predicate, yes, no, name=name or "cond")
    tensors = [each for each in tf.nest.flatten(result) if tf.is_tensor(each)]
    if not tensors or any(each.op.type == "Merge" for each in tensors):
        return result
    scope = re.sub(r"/Identity(_\d+)?$", "", tensors[0].op.name)
    with tf.compat.v1.name_scope(f"{scope}/"):
        return tf.nest.map_structure(lambda each: tf.identity(each, name="Merge"), result)
