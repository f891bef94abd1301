"""Cells that are one operation a step."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import LayerRNNCell, last_dimension
from migrate.tf1._rnn.gradients import register_gradients
from migrate.tf1._rnn.lstm import LSTMStateTuple

register_gradients()


class LSTMBlockCell(LayerRNNCell):
    """`BasicLSTMCell` as one operation, with the variables of `LSTMCell`."""

    input_rank = 2
    _kernel: Any
    _bias: Any

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        dtype: Any = None,
        reuse: Any = None,
        name: str = "lstm_cell",
    ) -> None:
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole

    @property
    def state_size(self) -> Any:
        """The units, twice."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> Any:
        """The number of units."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Makes `kernel`, `bias` and the peepholes."""
        make_lstm(self, last_dimension(inputs_shape), self._num_units, self._use_peephole)

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c, h = state
        i_diag, f_diag, o_diag = peepholes(self, inputs.dtype)
        done = tf.raw_ops.LSTMBlockCell(
            x=inputs,
            cs_prev=c,
            h_prev=h,
            w=self._kernel,
            wci=i_diag,
            wcf=f_diag,
            wco=o_diag,
            b=self._bias,
            forget_bias=self._forget_bias,
            cell_clip=self._cell_clip,
            use_peephole=self._use_peephole,
        )
        return done.h, LSTMStateTuple(done.cs, done.h)


def make_lstm(cell: Any, columns: int, units: int, use_peephole: bool) -> None:
    """The variables of an LSTM: gates side by side, and the peepholes in the order input, forget, output."""
    cell._kernel = cell.add_variable("kernel", [columns + units, units * 4])
    cell._bias = cell.add_variable("bias", [units * 4], initializer=tf.compat.v1.constant_initializer(0.0))
    if use_peephole:
        cell._peepholes = [cell.add_variable(name, [units]) for name in ("w_i_diag", "w_f_diag", "w_o_diag")]
    cell.built = True


def peepholes(cell: Any, dtype: Any) -> list[Any]:
    """Those of a cell, or zeros."""
    return cell._peepholes if cell._use_peephole else [tf.zeros([cell._num_units], dtype=dtype)] * 3


class GRUBlockCell(LayerRNNCell):
    """`GRUCell` as one operation, with variables of other names: `w_ru`, `b_ru`, `w_c`, `b_c`."""

    input_rank = 2
    _names = ("w_ru", "b_ru", "w_c", "b_c")

    def __init__(
        self, num_units: int | None = None, cell_size: int | None = None, reuse: Any = None, name: str = "gru_cell"
    ) -> None:
        super().__init__(_reuse=reuse, name=name)
        if (cell_size is None) == (num_units is None):
            raise ValueError("Exactly one of num_units or cell_size must be provided.")
        self._cell_size: Any = cell_size if num_units is None else num_units

    @property
    def state_size(self) -> Any:
        """The number of units."""
        return self._cell_size

    @property
    def output_size(self) -> Any:
        """The number of units."""
        return self._cell_size

    def build(self, inputs_shape: Any) -> None:
        """Makes the two kernels and biases."""
        units = self._cell_size
        rows = last_dimension(inputs_shape) + units
        gate, gate_bias, candidate, candidate_bias = self._names
        constant = tf.compat.v1.constant_initializer
        self._gate_kernel = self.add_variable(gate, [rows, units * 2])
        self._gate_bias = self.add_variable(gate_bias, [units * 2], initializer=constant(1.0))
        self._candidate_kernel = self.add_variable(candidate, [rows, units])
        self._candidate_bias = self.add_variable(candidate_bias, [units], initializer=constant(0.0))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        done = tf.raw_ops.GRUBlockCell(
            x=inputs,
            h_prev=state,
            w_ru=self._gate_kernel,
            w_c=self._candidate_kernel,
            b_ru=self._gate_bias,
            b_c=self._candidate_bias,
        )
        return done.h, done.h


class GRUBlockCellV2(GRUBlockCell):
    """The same with the variables of `GRUCell`."""

    _names = ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")
