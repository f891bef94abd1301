"""`slim.init_ops`: TensorFlow's own initializers, which slim's module happened to have."""

from __future__ import annotations

import tensorflow as tf

v1 = tf.compat.v1
constant_initializer = v1.constant_initializer
ones_initializer = v1.ones_initializer
orthogonal_initializer = v1.orthogonal_initializer
random_normal_initializer = v1.random_normal_initializer
random_uniform_initializer = v1.random_uniform_initializer
truncated_normal_initializer = v1.truncated_normal_initializer
zeros_initializer = v1.zeros_initializer

__all__ = [
    "constant_initializer",
    "ones_initializer",
    "orthogonal_initializer",
    "random_normal_initializer",
    "random_uniform_initializer",
    "truncated_normal_initializer",
    "zeros_initializer",
]
