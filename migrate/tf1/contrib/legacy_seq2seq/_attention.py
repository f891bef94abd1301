"""The decoder that attends to the outputs of an encoder, over lists of inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.linear import Linear

v1 = tf.compat.v1


def attention_decoder(
    decoder_inputs: list[Any],
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    output_size: int | None = None,
    num_heads: int = 1,
    loop_function: Callable[[Any, int], Any] | None = None,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Any:
    """The outputs of all steps, and the last state."""
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    if tf.compat.dimension_value(attention_states.shape[2]) is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {attention_states.shape}")
    output_size = cell.output_size if output_size is None else output_size
    with v1.variable_scope(scope or "attention_decoder", dtype=dtype) as opened:
        dtype = opened.dtype
        attend = _Attention(attention_states, num_heads, dtype)
        state = initial_state
        outputs: list[Any] = []
        if initial_state_attention:
            found = attend(initial_state)
        else:
            found = [attend.nothing(tf.shape(decoder_inputs[0])[0]) for _ in range(num_heads)]
        for step, given in enumerate(decoder_inputs):
            if step:
                v1.get_variable_scope().reuse_variables()
            inputs = given
            if loop_function is not None and outputs:
                with v1.variable_scope("loop_function", reuse=True):
                    inputs = loop_function(outputs[-1], step)
            columns = tf.compat.dimension_value(inputs.shape[1])
            if columns is None:
                raise ValueError(f"Could not infer input size from input: {inputs.name}")
            both = [tf.cast(each, dtype) for each in (inputs, *found)]
            output, state = cell(Linear(both, columns)(both), state)
            again = step == 0 and initial_state_attention
            with v1.variable_scope(v1.get_variable_scope(), reuse=True if again else None, auxiliary_name_scope=again):
                found = attend(state)
            with v1.variable_scope("AttnOutputProjection"):
                both = [tf.cast(output, dtype), *found]
                outputs.append(Linear(both, output_size)(both))
    return outputs, state


class _Attention:
    """Variables `AttnW_0`, `AttnV_0` and so on for the states, and what a query finds in these."""

    def __init__(self, states: Any, heads: int, dtype: Any) -> None:
        self._dtype = dtype
        self._length = tf.compat.dimension_value(states.shape[1]) or tf.shape(states)[1]
        self._size = size = tf.compat.dimension_value(states.shape[2])
        self._hidden = tf.reshape(states, [-1, self._length, 1, size])
        self._heads = []
        for head in range(heads):
            kernel = v1.get_variable(f"AttnW_{head}", [1, 1, size, size], dtype=dtype)
            features = tf.nn.conv2d(self._hidden, kernel, [1, 1, 1, 1], "SAME")
            self._heads.append((features, v1.get_variable(f"AttnV_{head}", [size], dtype=dtype)))

    def nothing(self, rows: Any) -> Any:
        """Zeros instead."""
        zeros = tf.zeros(tf.stack([rows, self._size]), dtype=self._dtype)
        zeros.set_shape([None, self._size])
        return zeros

    def __call__(self, query: Any) -> list[Any]:
        """A row for each head."""
        if tf.nest.is_nested(query):
            query = tf.concat(tf.nest.flatten(query), 1)
        found = []
        for head, (features, scale) in enumerate(self._heads):
            with v1.variable_scope(f"Attention_{head}"):
                key = tf.cast(tf.reshape(Linear(query, self._size)(query), [-1, 1, 1, self._size]), self._dtype)
                score = tf.reduce_sum(scale * tf.tanh(features + key), [2, 3])
                weights = tf.cast(tf.nn.softmax(tf.cast(score, tf.float32)), self._dtype)
                weights = tf.reshape(weights, [-1, self._length, 1, 1])
                found.append(tf.reshape(tf.reduce_sum(weights * self._hidden, [1, 2]), [-1, self._size]))
        return found
