"""Several layers, each in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1


def transpose_batch_time(x: Any) -> Any:
    """Exchanges the first two dimensions, where there are two."""
    if x.shape.rank is not None and x.shape.rank < 2:
        return x
    order = tf.concat([[1, 0], tf.range(2, tf.rank(x))], axis=0)
    result = tf.transpose(x, order)
    static = x.shape
    if static.rank is not None:
        result.set_shape(tf.TensorShape([static[1], static[0]]).concatenate(static[2:]))
    return result


def stack_bidirectional_rnn(
    cells_fw: list[Any],
    cells_bw: list[Any],
    inputs: list[Any],
    initial_states_fw: list[Any] | None = None,
    initial_states_bw: list[Any] | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> Any:
    """Layers over a list of inputs: the outputs, and for each direction a tuple of last states."""
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with v1.variable_scope(scope or "stack_bidirectional_rnn"):
        for number, (fw, bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with v1.variable_scope(f"cell_{number}") as inner:
                inputs, state_fw, state_bw = v1.nn.static_bidirectional_rnn(
                    fw,
                    bw,
                    inputs,
                    initial_state_fw=_of(initial_states_fw, number),
                    initial_state_bw=_of(initial_states_bw, number),
                    sequence_length=sequence_length,
                    dtype=dtype,
                    scope=inner,
                )
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)


def stack_bidirectional_dynamic_rnn(
    cells_fw: list[Any],
    cells_bw: list[Any],
    inputs: Any,
    initial_states_fw: list[Any] | None = None,
    initial_states_bw: list[Any] | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> Any:
    """Layers over a tensor of inputs: the outputs, and for each direction a tuple of last states."""
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with v1.variable_scope(scope or "stack_bidirectional_rnn"):
        for number, (fw, bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with v1.variable_scope(f"cell_{number}"):
                outputs, (state_fw, state_bw) = v1.nn.bidirectional_dynamic_rnn(
                    fw,
                    bw,
                    inputs,
                    initial_state_fw=_of(initial_states_fw, number),
                    initial_state_bw=_of(initial_states_bw, number),
                    sequence_length=sequence_length,
                    parallel_iterations=parallel_iterations,
                    dtype=dtype,
                    swap_memory=swap_memory,
                    time_major=time_major,
                )
                inputs = tf.concat(outputs, 2)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)


def _of(states: Sequence[Any] | None, number: int) -> Any:
    return states[number] if states else None


def _check(cells_fw: Any, cells_bw: Any, states_fw: Any, states_bw: Any) -> None:
    for cells in (cells_fw, cells_bw):
        if not cells or not isinstance(cells, list):
            raise ValueError("cells_fw and cells_bw must be lists of RNNCells (one per layer).")
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for states in (states_fw, states_bw):
        if states is not None and (not isinstance(states, list) or len(states) != len(cells_fw)):
            raise ValueError("initial_states_fw and initial_states_bw must be lists of states (one per layer).")
