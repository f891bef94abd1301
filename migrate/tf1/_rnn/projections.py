"""Cells around other cells that have variables of their own."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell, check_cell
from migrate.tf1._rnn.linear import Linear

v1 = tf.compat.v1


class _Around(RNNCell):
    _linear: Linear | None = None

    def __init__(self, cell: Any, reuse: Any) -> None:
        super().__init__(_reuse=reuse)
        check_cell("cell", cell)
        self._cell = cell

    @property
    def state_size(self) -> Any:
        """The cell's."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """The cell's."""
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The cell's."""
        with v1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)

    def _project(self, values: Any, columns: Any, activation: Callable[[Any], Any] | None) -> Any:
        if self._linear is None:
            self._linear = Linear(values, columns)
        projected = self._linear(values)
        return activation(projected) if activation else projected


class InputProjectionWrapper(_Around):
    """A linear map before the cell."""

    def __init__(
        self,
        cell: Any,
        num_proj: Any,
        activation: Callable[[Any], Any] | None = None,
        input_size: Any = None,  # noqa: ARG002 - not used by TensorFlow 1 either
        reuse: Any = None,
    ) -> None:
        super().__init__(cell, reuse)
        self._num_proj = num_proj
        self._activation = activation

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        return self._cell(self._project(inputs, self._num_proj, self._activation), state)


class OutputProjectionWrapper(_Around):
    """A linear map after the cell."""

    def __init__(
        self, cell: Any, output_size: Any, activation: Callable[[Any], Any] | None = None, reuse: Any = None
    ) -> None:
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size = output_size
        self._activation = activation

    @property
    def output_size(self) -> Any:
        """The columns of the projection."""
        return self._output_size

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        output, new_state = self._cell(inputs, state)
        return self._project(output, self._output_size, self._activation), new_state


class EmbeddingWrapper(_Around):
    """Looks up the rows of `embedding` that the inputs name."""

    def __init__(
        self, cell: Any, embedding_classes: int, embedding_size: int, initializer: Any = None, reuse: Any = None
    ) -> None:
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                f"Both embedding_classes and embedding_size must be > 0: {embedding_classes}, {embedding_size}."
            )
        self._shape = [embedding_classes, embedding_size]
        self._initializer = initializer

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        with tf.compat.v1.device("/cpu:0"):
            initializer = self._initializer or v1.get_variable_scope().initializer
            if initializer is None:
                initializer = v1.random_uniform_initializer(-math.sqrt(3), math.sqrt(3))
            dtype = state[0].dtype if isinstance(state, tuple) else state.dtype
            embedding = v1.get_variable("embedding", self._shape, initializer=initializer, dtype=dtype)
            return self._cell(v1.nn.embedding_lookup(embedding, tf.reshape(inputs, [-1])), state)


class HighwayWrapper(RNNCell):
    """Carries a part of the inputs past the cell; how much is learned."""

    def __init__(self, cell: Any, couple_carry_transform_gates: bool = True, carry_bias_init: float = 1.0) -> None:
        self._cell = cell
        self._couple = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    @property
    def state_size(self) -> Any:
        """The cell's."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """The cell's."""
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The cell's."""
        with v1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """One step."""
        outputs, new_state = self._cell(inputs, state, scope=scope)
        tf.nest.assert_same_structure(inputs, outputs)
        return tf.nest.map_structure(self._highway, inputs, outputs), new_state

    def _highway(self, inputs: Any, outputs: Any) -> Any:
        inputs.shape.assert_is_compatible_with(outputs.shape)
        carry = self._gate("carry", inputs, self._carry_bias_init)
        transform = 1 - carry if self._couple else self._gate("transform", inputs, -self._carry_bias_init)
        return inputs * carry + outputs * transform

    def _gate(self, name: str, inputs: Any, bias: float) -> Any:
        columns = tf.compat.dimension_value(inputs.shape[1])
        weights = v1.get_variable(f"{name}_w", [columns, columns])
        biases = v1.get_variable(f"{name}_b", [columns], initializer=v1.constant_initializer(bias))
        return tf.sigmoid(v1.nn.xw_plus_b(inputs, weights, biases))
