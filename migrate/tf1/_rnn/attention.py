"""A cell that looks back at its last outputs."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell, check_cell
from migrate.tf1._rnn.linear import Linear

v1 = tf.compat.v1


class AttentionCellWrapper(RNNCell):
    """Attention over the last `attn_length` outputs of the cell."""

    def __init__(
        self,
        cell: Any,
        attn_length: int,
        attn_size: int | None = None,
        attn_vec_size: int | None = None,
        input_size: int | None = None,
        state_is_tuple: bool = True,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        check_cell("cell", cell)
        if tf.nest.is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError(
                f"Cell returns tuple of states, but the flag state_is_tuple is not set. State size: {cell.state_size}"
            )
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        self._cell = cell
        self._state_is_tuple = state_is_tuple
        self._attn_length = attn_length
        self._attn_size = cell.output_size if attn_size is None else attn_size
        self._attn_vec_size = self._attn_size if attn_vec_size is None else attn_vec_size
        self._input_size = input_size
        self._linears: dict[str, Linear] = {}

    @property
    def state_size(self) -> Any:
        """The cell's state, the attention, and the outputs that are kept."""
        sizes = (self._cell.state_size, self._attn_size, self._attn_size * self._attn_length)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The size of the attention."""
        return self._attn_size

    def _linear(self, key: str, values: Any, columns: int) -> Any:
        if key not in self._linears:
            self._linears[key] = Linear(values, columns)
        return self._linears[key](values)

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        length, size = self._attn_length, self._attn_size
        if self._state_is_tuple:
            state, attention, kept = state
        else:
            state, attention, kept = tf.split(state, [self._cell.state_size, size, size * length], axis=1)
        kept = tf.reshape(kept, [-1, length, size])
        columns = self._input_size if self._input_size is not None else inputs.shape.as_list()[1]
        inputs = self._linear("inputs", [inputs, attention], columns)
        output, new_state = self._cell(inputs, state)
        query = tf.concat(tf.nest.flatten(new_state), 1) if self._state_is_tuple else new_state
        attention = self._attend(query, kept)
        with v1.variable_scope("attn_output_projection"):
            output = self._linear("output", [output, attention], size)
        kept = tf.concat([kept[:, 1:, :], tf.expand_dims(output, 1)], 1)
        states = (new_state, attention, tf.reshape(kept, [-1, length * size]))
        return output, states if self._state_is_tuple else tf.concat(list(states), 1)

    def _attend(self, query: Any, kept: Any) -> Any:
        length, size, features = self._attn_length, self._attn_size, self._attn_vec_size
        with v1.variable_scope("attention"):
            kernel = v1.get_variable("attn_w", [1, 1, size, features])
            scale = v1.get_variable("attn_v", [features])
            hidden = tf.reshape(kept, [-1, length, 1, size])
            keys = tf.nn.conv2d(hidden, kernel, [1, 1, 1, 1], "SAME")
            query = tf.reshape(self._linear("query", query, features), [-1, 1, 1, features])
            weights = tf.nn.softmax(tf.reduce_sum(scale * tf.tanh(keys + query), [2, 3]))
            found = tf.reduce_sum(tf.reshape(weights, [-1, length, 1, 1]) * hidden, [1, 2])
            return tf.reshape(found, [-1, size])
