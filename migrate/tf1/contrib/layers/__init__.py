"""`tf.contrib.layers`, with TensorFlow 1's variable names, collections and numbers."""

from __future__ import annotations

from migrate.tf1.contrib.layers import summaries
from migrate.tf1.contrib.layers._batch_norm import batch_norm
from migrate.tf1.contrib.layers._composition import repeat, stack
from migrate.tf1.contrib.layers._convolutions import (
    conv1d,
    conv2d,
    conv2d_transpose,
    conv3d,
    conv3d_transpose,
    convolution,
    convolution1d,
    convolution2d,
    convolution2d_transpose,
    convolution3d,
    convolution3d_transpose,
)
from migrate.tf1.contrib.layers._dense import elu, fully_connected, linear, relu, relu6
from migrate.tf1.contrib.layers._embeddings import embed_sequence, embedding_lookup_unique
from migrate.tf1.contrib.layers._group_norm import group_norm
from migrate.tf1.contrib.layers._initializers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer_conv2d,
)
from migrate.tf1.contrib.layers._normalization import instance_norm, layer_norm, unit_norm
from migrate.tf1.contrib.layers._optimizers import OPTIMIZER_CLS_NAMES, OPTIMIZER_SUMMARIES, optimize_loss
from migrate.tf1.contrib.layers._plain import bias_add, dropout, flatten, maxout, one_hot_encoding, softmax
from migrate.tf1.contrib.layers._pooling import avg_pool2d, avg_pool3d, max_pool2d, max_pool3d
from migrate.tf1.contrib.layers._regularizers import (
    apply_regularization,
    l1_l2_regularizer,
    l1_regularizer,
    l2_regularizer,
    sum_regularizer,
)
from migrate.tf1.contrib.layers._separable import separable_conv2d, separable_convolution2d
from migrate.tf1.contrib.layers.summaries import (
    summarize_activation,
    summarize_activations,
    summarize_collection,
    summarize_tensor,
    summarize_tensors,
)

__all__ = [
    "OPTIMIZER_CLS_NAMES",
    "OPTIMIZER_SUMMARIES",
    "apply_regularization",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "bias_add",
    "conv1d",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "convolution",
    "convolution1d",
    "convolution2d",
    "convolution2d_transpose",
    "convolution3d",
    "convolution3d_transpose",
    "dropout",
    "elu",
    "embed_sequence",
    "embedding_lookup_unique",
    "flatten",
    "fully_connected",
    "group_norm",
    "instance_norm",
    "l1_l2_regularizer",
    "l1_regularizer",
    "l2_regularizer",
    "layer_norm",
    "linear",
    "max_pool2d",
    "max_pool3d",
    "maxout",
    "one_hot_encoding",
    "optimize_loss",
    "relu",
    "relu6",
    "repeat",
    "separable_conv2d",
    "separable_convolution2d",
    "softmax",
    "stack",
    "sum_regularizer",
    "summaries",
    "summarize_activation",
    "summarize_activations",
    "summarize_collection",
    "summarize_tensor",
    "summarize_tensors",
    "unit_norm",
    "variance_scaling_initializer",
    "xavier_initializer",
    "xavier_initializer_conv2d",
]
