"""The linear map that cells of tf.contrib make in the scope they are called in."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

v1 = tf.compat.v1


class Linear:
    """`kernel` and `bias` in the current variable scope, made once and used at each call."""

    def __init__(self, args: Any, output_size: Any) -> None:
        values = args if isinstance(args, list | tuple) else [args]
        rows = 0
        for each in values:
            if each.shape.rank != 2 or tf.compat.dimension_value(each.shape[1]) is None:
                raise ValueError(f"A cell's linear map needs 2D inputs with known columns, not {each.shape}.")
            rows += tf.compat.dimension_value(each.shape[1])
        dtype = values[0].dtype
        with v1.variable_scope(v1.get_variable_scope()) as outer:
            self._kernel = v1.get_variable("kernel", [rows, output_size], dtype=dtype)
            with v1.variable_scope(outer) as inner:
                inner.set_partitioner(None)
                zeros = v1.constant_initializer(0.0, dtype=dtype)
                self._bias = v1.get_variable("bias", [output_size], dtype=dtype, initializer=zeros)

    def __call__(self, args: Any) -> Any:
        """The product of all arguments side by side, plus the bias."""
        if isinstance(args, list | tuple):
            args = tf.concat(args, 1) if len(args) > 1 else args[0]
        return tf.nn.bias_add(tf.matmul(args, self._kernel), self._bias)
