"""A decoder with a helper that says what comes next."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

from migrate.tf1._rnn.cell import check_cell
from migrate.tf1.contrib.seq2seq._decoder import Decoder
from migrate.tf1.contrib.seq2seq._helpers import Helper


class BasicDecoderOutput(NamedTuple):
    """What the cell, or the layer behind it, gave out, and the sample of it."""

    rnn_output: Any
    sample_id: Any


class BasicDecoder(Decoder):
    """Runs a cell, a layer where there is one, and the helper."""

    def __init__(self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None) -> None:
        check_cell("cell", cell)
        if not isinstance(helper, Helper):
            raise TypeError(f"helper must be a Helper of migrate.tf1, received: {type(helper)}")
        check_layer("output_layer", output_layer)
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self) -> Any:
        """The helper's."""
        return self._helper.batch_size

    @property
    def output_size(self) -> Any:
        """Of the outputs and of the samples."""
        return BasicDecoderOutput(layer_size(self._output_layer, self._cell.output_size), self._helper.sample_ids_shape)

    @property
    def output_dtype(self) -> Any:
        """The state's first type for all outputs, the helper's for samples."""
        dtype = tf.nest.flatten(self._initial_state)[0].dtype
        sizes = layer_size(self._output_layer, self._cell.output_size)
        return BasicDecoderOutput(tf.nest.map_structure(lambda _: dtype, sizes), self._helper.sample_ids_dtype)

    def initialize(self, name: str | None = None) -> Any:  # noqa: ARG002 - decoders have it
        """Gives `(finished, first_inputs, first_state)`."""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """Gives `(outputs, next_state, next_inputs, finished)`."""
        with tf.compat.v1.name_scope(name, "BasicDecoderStep", (time, inputs, state)):
            outputs, cell_state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            samples = self._helper.sample(time=time, outputs=outputs, state=cell_state)
            finished, next_inputs, next_state = self._helper.next_inputs(
                time=time, outputs=outputs, state=cell_state, sample_ids=samples
            )
        return BasicDecoderOutput(outputs, samples), next_state, next_inputs, finished


def check_layer(name: str, layer: Any) -> None:
    """Refuses what is no layer of TensorFlow 1 or Keras."""
    if layer is not None and not (callable(layer) and (hasattr(layer, "units") or hasattr(layer, "build"))):
        raise TypeError(f"{name} must be a layer such as migrate.tf1.layers.Dense, received: {type(layer)}")


def layer_size(layer: Any, size: Any) -> Any:
    """What the layer makes of rows of such sizes."""
    if layer is None:
        return size

    def made(each: Any) -> Any:
        shape = tf.TensorShape([None]).concatenate(each)
        if hasattr(layer, "compute_output_shape"):
            return tf.TensorShape(layer.compute_output_shape(shape))[1:]
        if hasattr(layer, "units"):
            return shape[1:-1].concatenate(layer.units)
        raise TypeError(f"The layer {layer!r} needs a method `compute_output_shape` or an attribute `units`.")

    return tf.nest.map_structure(made, size)
