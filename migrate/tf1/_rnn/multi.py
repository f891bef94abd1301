"""Several cells, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell
from migrate.tf1._rnn.layer import ScopedLayer


class MultiRNNCell(RNNCell):
    """The output of each cell is the input of the next; their variables are in `cell_0`, `cell_1` and so on."""

    def __init__(self, cells: Sequence[Any], state_is_tuple: bool = True) -> None:
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not isinstance(cells, list | tuple):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        self._cells = cells
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(tf.nest.is_nested(each.state_size) for each in cells):
            raise ValueError(
                "Some cells return tuples of states, but the flag state_is_tuple is not set. State sizes are: "
                f"{[each.state_size for each in cells]}"
            )

    @property
    def state_size(self) -> Any:
        """A tuple of the cells' sizes, or their sum."""
        sizes = tuple(each.state_size for each in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The last cell's."""
        return self._cells[-1].output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A tuple of the cells' zero states, or zeros for all of them."""
        with tf.compat.v1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            if self._state_is_tuple:
                return tuple(each.zero_state(batch_size, dtype) for each in self._cells)
            return super().zero_state(batch_size, dtype)

    @property
    def trainable_weights(self) -> list[Any]:
        """Those of the cells."""
        return self._of_cells("trainable_weights") if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        """Those of the cells."""
        fixed = self._of_cells("non_trainable_weights")
        return fixed if self.trainable else self._of_cells("trainable_weights") + fixed

    def _of_cells(self, attribute: str) -> list[Any]:
        return [each for cell in self._cells if isinstance(cell, ScopedLayer) for each in getattr(cell, attribute)]

    def call(self, inputs: Any, state: Any) -> Any:
        """One step of each cell."""
        if self._state_is_tuple and not tf.nest.is_nested(state):
            raise ValueError(f"Expected state to be a tuple of length {len(self._cells)}, but received: {state}")
        position = 0
        states = []
        for number, cell in enumerate(self._cells):
            with tf.compat.v1.variable_scope(f"cell_{number}"):
                if self._state_is_tuple:
                    own = state[number]
                else:
                    own = tf.slice(state, [0, position], [-1, cell.state_size])
                    position += cell.state_size
                inputs, new = cell(inputs, own)
                states.append(new)
        return inputs, tuple(states) if self._state_is_tuple else tf.concat(states, 1)
