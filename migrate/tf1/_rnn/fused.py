"""Recurrent networks that are called with the whole sequence, time first."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.blocks import make_lstm, peepholes
from migrate.tf1._rnn.cell import last_dimension
from migrate.tf1._rnn.layer import ScopedLayer
from migrate.tf1._rnn.lstm import LSTMStateTuple


class LSTMBlockFusedCell(ScopedLayer):
    """An LSTM over the whole sequence as one operation."""

    input_rank = 3
    _kernel: Any
    _bias: Any

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        reuse: Any = None,
        dtype: Any = None,
        name: str = "lstm_fused_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole

    @property
    def num_units(self) -> int:
        """The number of units."""
        return self._num_units

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:
        """Outputs for each step, zero behind the end, and the last state."""
        return self._call_in_scope(inputs, initial_state, dtype, sequence_length, scope=scope)

    def build(self, inputs_shape: Any) -> None:
        """Makes `kernel`, `bias` and the peepholes."""
        make_lstm(self, last_dimension(inputs_shape), self._num_units, self._use_peephole)

    def call(self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None) -> Any:
        """The whole sequence."""
        steps = tf.compat.dimension_value(inputs.shape[0]) or tf.shape(inputs)[0]
        batch = tf.compat.dimension_value(inputs.shape[1]) or tf.shape(inputs)[1]
        if initial_state is None:
            if dtype is None:
                raise ValueError("Either initial_state or dtype needs to be specified")
            zeros = tf.zeros(tf.stack([batch, self._num_units]), dtype=dtype)
            initial_state = zeros, zeros
        elif len(initial_state) != 2:
            raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
        dtype = initial_state[0].dtype if dtype is None else tf.as_dtype(dtype)
        first_c, first_h = initial_state
        lengths = None if sequence_length is None else tf.convert_to_tensor(sequence_length)
        i_diag, f_diag, o_diag = peepholes(self, dtype)
        done = tf.raw_ops.BlockLSTM(
            seq_len_max=tf.cast(steps if lengths is None else tf.reduce_max(lengths), tf.int64),
            x=inputs,
            cs_prev=first_c,
            h_prev=first_h,
            w=self._kernel,
            wci=i_diag,
            wcf=f_diag,
            wco=o_diag,
            b=self._bias,
            forget_bias=self._forget_bias,
            cell_clip=self._cell_clip,
            use_peephole=self._use_peephole,
        )
        states, outputs = done.cs, done.h
        if lengths is None:
            last = LSTMStateTuple(states[-1], outputs[-1])
        else:
            outputs *= tf.expand_dims(tf.transpose(tf.sequence_mask(lengths, steps, dtype=dtype)), -1)
            # With the first state in front, what a sequence of length n ends with is at index n.
            where = tf.stack([lengths, tf.range(tf.cast(batch, lengths.dtype))], axis=1)
            last = LSTMStateTuple(
                tf.gather_nd(tf.concat([tf.expand_dims(first_c, 0), states], 0), where),
                tf.gather_nd(tf.concat([tf.expand_dims(first_h, 0), outputs], 0), where),
            )
        return outputs, last


class FusedRNNCellAdaptor:
    """A cell, called with the whole sequence."""

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False) -> None:
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:
        """Outputs for each step, and the last state; lists give lists."""
        is_list = isinstance(inputs, list)
        common = {
            "sequence_length": sequence_length,
            "initial_state": initial_state,
            "dtype": dtype,
            "scope": scope,
        }
        if self._use_dynamic_rnn:
            together = tf.stack(inputs) if is_list else inputs
            outputs, state = tf.compat.v1.nn.dynamic_rnn(self._cell, together, time_major=True, **common)
            return tf.unstack(outputs) if is_list else outputs, state
        apart = inputs if is_list else tf.unstack(inputs)
        outputs, state = tf.compat.v1.nn.static_rnn(self._cell, apart, **common)
        return outputs if is_list else tf.stack(outputs), state


class TimeReversedFusedRNN:
    """Such a network, from the end of each sequence to its start."""

    def __init__(self, cell: Any) -> None:
        self._cell = cell

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:
        """Outputs in the order of the inputs, and the state at the start."""
        outputs, state = self._cell(
            _reversed(inputs, sequence_length),
            initial_state=initial_state,
            dtype=dtype,
            sequence_length=sequence_length,
            scope=scope,
        )
        return _reversed(outputs, sequence_length), state


def _reversed(values: Any, lengths: Any) -> Any:
    if isinstance(values, list):
        return list(reversed(values))
    return tf.reverse(values, [0]) if lengths is None else tf.reverse_sequence(values, lengths, 0, 1)
