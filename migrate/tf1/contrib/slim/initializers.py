"""`tf.contrib.slim.initializers`."""

from __future__ import annotations

from migrate.tf1.contrib.layers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer_conv2d,
)

__all__ = ["variance_scaling_initializer", "xavier_initializer", "xavier_initializer_conv2d"]
