"""`tf.contrib.cudnn_rnn`: the cells that run without cuDNN what was trained with it."""

from __future__ import annotations

from migrate.tf1.contrib.cudnn_rnn._compatible import CudnnCompatibleGRUCell, CudnnCompatibleLSTMCell

__all__ = ["CudnnCompatibleGRUCell", "CudnnCompatibleLSTMCell"]
