"""`tf.nn.rnn_cell`: the recurrent cells, for `tf.compat.v1.nn.dynamic_rnn` and its like."""

from __future__ import annotations

from migrate.tf1._rnn.basic import BasicRNNCell, GRUCell
from migrate.tf1._rnn.cell import RNNCell
from migrate.tf1._rnn.lstm import BasicLSTMCell, LSTMCell, LSTMStateTuple
from migrate.tf1._rnn.multi import MultiRNNCell
from migrate.tf1._rnn.wrappers import DeviceWrapper, DropoutWrapper, ResidualWrapper

__all__ = [
    "BasicLSTMCell",
    "BasicRNNCell",
    "DeviceWrapper",
    "DropoutWrapper",
    "GRUCell",
    "LSTMCell",
    "LSTMStateTuple",
    "MultiRNNCell",
    "RNNCell",
    "ResidualWrapper",
]
