"""A cell with attention."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell, check_cell, zeros
from migrate.tf1.contrib.seq2seq._attention import AttentionMechanism, units_layer
from migrate.tf1.contrib.seq2seq._basic_decoder import check_layer, layer_size

v1 = tf.compat.v1


class AttentionWrapperState(NamedTuple):
    """The cell's state, the last attention, the step, the weights, all weights so far, the mechanisms' states."""

    cell_state: Any
    attention: Any
    time: Any
    alignments: Any
    alignment_history: Any
    attention_state: Any

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """The same with other parts, whose shapes must be the same."""
        made: AttentionWrapperState = tf.nest.map_structure(_of_same_shape, self, self._replace(**kwargs))
        return made


def _of_same_shape(old: Any, new: Any) -> Any:
    if not (tf.is_tensor(old) and tf.is_tensor(new)):
        return new
    old.shape.assert_is_compatible_with(new.shape)
    if old.shape.is_fully_defined() and new.shape.is_fully_defined():
        return new
    with tf.control_dependencies([v1.assert_equal(tf.shape(old), tf.shape(new))]):
        same = tf.identity(new)
    same.set_shape(old.shape)
    return same


class AttentionWrapper(RNNCell):
    """Feeds the last attention to the cell beside its inputs, and attends to memories with the cell's output."""

    def __init__(
        self,
        cell: Any,
        attention_mechanism: Any,
        attention_layer_size: Any = None,
        alignment_history: bool = False,
        cell_input_fn: Callable[[Any, Any], Any] | None = None,
        output_attention: bool = True,
        initial_cell_state: Any = None,
        name: str | None = None,
        attention_layer: Any = None,
        attention_fn: Callable[..., Any] | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        check_cell("cell", cell)
        self._is_multi = isinstance(attention_mechanism, list | tuple)
        self._attention_mechanisms = tuple(attention_mechanism) if self._is_multi else (attention_mechanism,)
        for each in self._attention_mechanisms:
            if not isinstance(each, AttentionMechanism):
                raise TypeError(
                    "attention_mechanism must be an AttentionMechanism of migrate.tf1 or a list of them, "
                    f"saw type: {type(each).__name__}"
                )
        if cell_input_fn is not None and not callable(cell_input_fn):
            raise TypeError(f"cell_input_fn must be callable, saw type: {type(cell_input_fn).__name__}")
        self._cell = cell
        self._cell_input_fn = cell_input_fn or (lambda inputs, attention: tf.concat([inputs, attention], -1))
        self._attention_fn = attention_fn or _attend
        self._output_attention = output_attention
        self._alignment_history = alignment_history
        self._make_layers(attention_layer_size, attention_layer)
        with v1.name_scope(name, "AttentionWrapperInit"):
            self._initial_cell_state = None
            if initial_cell_state is not None:
                last = tf.nest.flatten(initial_cell_state)[-1]
                rows = tf.compat.dimension_value(last.shape[0]) or tf.shape(last)[0]
                self._initial_cell_state = self._checked(rows, initial_cell_state, "check_initial_cell_state")

    def _make_layers(self, sizes: Any, layers: Any) -> None:
        if sizes is not None and layers is not None:
            raise ValueError("Only one of attention_layer_size and attention_layer should be set")
        mechanisms = self._attention_mechanisms
        self._attention_layers: tuple[Any, ...] | None = None
        if sizes is not None:
            sizes = _as_many("attention_layer_size", sizes, mechanisms)
            self._attention_layers = tuple(
                units_layer(size, "attention_layer", each.dtype) for size, each in zip(sizes, mechanisms, strict=True)
            )
            self._attention_layer_size = sum(sizes)
        elif layers is not None:
            self._attention_layers = _as_many("attention_layer", layers, mechanisms)
            self._attention_layer_size = 0
            for layer, each in zip(self._attention_layers, mechanisms, strict=True):
                check_layer("attention_layer", layer)
                columns = self._cell.output_size + tf.compat.dimension_value(each.values.shape[-1])
                self._attention_layer_size += tf.compat.dimension_value(layer_size(layer, columns)[-1])
        else:
            self._attention_layer_size = sum(tf.compat.dimension_value(each.values.shape[-1]) for each in mechanisms)

    def _checked(self, rows: Any, values: Any, name: str) -> Any:
        """The values, once the number of rows is that of each memory."""
        message = (
            "Non-matching batch sizes between the memory (encoder output) and the decoder. With a BeamSearchDecoder, "
            "tile the encoder output and its state by tile_batch with multiplier=beam_width."
        )
        checks = [v1.assert_equal(rows, each.batch_size, message=message) for each in self._attention_mechanisms]
        with tf.control_dependencies(checks):
            return tf.nest.map_structure(lambda each: tf.identity(each, name=name), values)

    def _item_or_tuple(self, values: Iterable[Any]) -> Any:
        together = tuple(values)
        return together if self._is_multi else together[0]

    @property
    def output_size(self) -> Any:
        """Of the attention, or of the cell."""
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> Any:
        """An AttentionWrapperState of sizes."""
        mechanisms = self._attention_mechanisms
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=tf.TensorShape([]),
            attention=self._attention_layer_size,
            alignments=self._item_or_tuple(each.alignments_size for each in mechanisms),
            attention_state=self._item_or_tuple(each.state_size for each in mechanisms),
            alignment_history=self._item_or_tuple(
                each.alignments_size if self._alignment_history else () for each in mechanisms
            ),
        )

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """An AttentionWrapperState to start with."""
        with v1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            state = self._initial_cell_state
            if state is None:
                state = self._cell.get_initial_state(batch_size=batch_size, dtype=dtype)
            state = self._checked(batch_size, state, "checked_cell_state")
            mechanisms = self._attention_mechanisms
            alignments = [each.initial_alignments(batch_size, dtype) for each in mechanisms]
            return AttentionWrapperState(
                cell_state=state,
                time=tf.zeros([], tf.int32),
                attention=zeros(batch_size, self._attention_layer_size, dtype),
                alignments=self._item_or_tuple(alignments),
                attention_state=self._item_or_tuple(each.initial_state(batch_size, dtype) for each in mechanisms),
                alignment_history=self._item_or_tuple(
                    tf.TensorArray(dtype, size=0, dynamic_size=True, element_shape=each.shape)
                    if self._alignment_history
                    else ()
                    for each in alignments
                ),
            )

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(f"Expected state to be instance of AttentionWrapperState. Received type {type(state)}.")
        output, cell_state = self._cell(self._cell_input_fn(inputs, state.attention), state.cell_state)
        rows = tf.compat.dimension_value(output.shape[0]) or tf.shape(output)[0]
        output = self._checked(rows, output, "checked_cell_output")
        before = state.attention_state if self._is_multi else [state.attention_state]
        history = state.alignment_history if self._is_multi else [state.alignment_history]
        attentions, alignments, states, histories = [], [], [], []
        for number, mechanism in enumerate(self._attention_mechanisms):
            layer = self._attention_layers[number] if self._attention_layers else None
            attention, weights, after = self._attention_fn(mechanism, output, before[number], layer)
            attentions.append(attention)
            alignments.append(weights)
            states.append(after)
            histories.append(history[number].write(state.time, weights) if self._alignment_history else ())
        attention = tf.concat(attentions, 1)
        new_state = AttentionWrapperState(
            time=state.time + 1,
            cell_state=cell_state,
            attention=attention,
            attention_state=self._item_or_tuple(states),
            alignments=self._item_or_tuple(alignments),
            alignment_history=self._item_or_tuple(histories),
        )
        return attention if self._output_attention else output, new_state


def _attend(mechanism: Any, output: Any, state: Any, layer: Any) -> Any:
    weights, state = mechanism(output, state=state)
    found = tf.squeeze(tf.matmul(tf.expand_dims(weights, 1), mechanism.values), [1])
    return found if layer is None else layer(tf.concat([output, found], 1)), weights, state


def _as_many(name: str, values: Any, mechanisms: tuple[Any, ...]) -> tuple[Any, ...]:
    together = tuple(values) if isinstance(values, list | tuple) else (values,)
    if len(together) != len(mechanisms):
        raise ValueError(f"{name} must have one entry per attention_mechanism: {len(together)} vs {len(mechanisms)}")
    return together
