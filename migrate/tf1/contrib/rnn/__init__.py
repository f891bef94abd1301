"""`tf.contrib.rnn`: the cells of `tf.nn.rnn_cell` and more, and functions that run them."""

from __future__ import annotations

import tensorflow as tf

from migrate.tf1._rnn.architecture_search import NASCell
from migrate.tf1._rnn.attention import AttentionCellWrapper
from migrate.tf1._rnn.basic import BasicRNNCell, GRUCell
from migrate.tf1._rnn.blocks import GRUBlockCell, GRUBlockCellV2, LSTMBlockCell
from migrate.tf1._rnn.cell import LayerRNNCell, RNNCell
from migrate.tf1._rnn.convolutional import Conv1DLSTMCell, Conv2DLSTMCell, Conv3DLSTMCell, ConvLSTMCell
from migrate.tf1._rnn.coupled import CoupledInputForgetGateLSTMCell
from migrate.tf1._rnn.fused import FusedRNNCellAdaptor, LSTMBlockFusedCell, TimeReversedFusedRNN
from migrate.tf1._rnn.layer_norm import LayerNormBasicLSTMCell
from migrate.tf1._rnn.lstm import BasicLSTMCell, LSTMCell, LSTMStateTuple
from migrate.tf1._rnn.multi import MultiRNNCell
from migrate.tf1._rnn.projections import (
    EmbeddingWrapper,
    HighwayWrapper,
    InputProjectionWrapper,
    OutputProjectionWrapper,
)
from migrate.tf1._rnn.stacked import stack_bidirectional_dynamic_rnn, stack_bidirectional_rnn, transpose_batch_time
from migrate.tf1._rnn.update_gate import UGRNNCell
from migrate.tf1._rnn.wrappers import DeviceWrapper, DropoutWrapper, ResidualWrapper

static_rnn = tf.compat.v1.nn.static_rnn
static_bidirectional_rnn = tf.compat.v1.nn.static_bidirectional_rnn
static_state_saving_rnn = tf.compat.v1.nn.static_state_saving_rnn

__all__ = [
    "AttentionCellWrapper",
    "BasicLSTMCell",
    "BasicRNNCell",
    "Conv1DLSTMCell",
    "Conv2DLSTMCell",
    "Conv3DLSTMCell",
    "ConvLSTMCell",
    "CoupledInputForgetGateLSTMCell",
    "DeviceWrapper",
    "DropoutWrapper",
    "EmbeddingWrapper",
    "FusedRNNCellAdaptor",
    "GRUBlockCell",
    "GRUBlockCellV2",
    "GRUCell",
    "HighwayWrapper",
    "InputProjectionWrapper",
    "LSTMBlockCell",
    "LSTMBlockFusedCell",
    "LSTMCell",
    "LSTMStateTuple",
    "LayerNormBasicLSTMCell",
    "LayerRNNCell",
    "MultiRNNCell",
    "NASCell",
    "OutputProjectionWrapper",
    "RNNCell",
    "ResidualWrapper",
    "TimeReversedFusedRNN",
    "UGRNNCell",
    "stack_bidirectional_dynamic_rnn",
    "stack_bidirectional_rnn",
    "static_bidirectional_rnn",
    "static_rnn",
    "static_state_saving_rnn",
    "transpose_batch_time",
]
