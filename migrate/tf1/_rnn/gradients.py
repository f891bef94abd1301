"""Gradients of the operations LSTMBlockCell and GRUBlockCell, which came with tf.contrib."""

from __future__ import annotations

import contextlib
from typing import Any

import tensorflow as tf


def register_gradients() -> None:
    """Tells TensorFlow of them, unless another library has done so."""
    for name, gradient in (("LSTMBlockCell", _lstm), ("GRUBlockCell", _gru)):
        with contextlib.suppress(KeyError):
            tf.RegisterGradient(name)(gradient)


def _lstm(op: Any, *gradients: Any) -> tuple[Any, ...]:
    x, c, h, w, wci, wcf, wco, b = op.inputs
    i, cs, f, o, ci, co, _ = op.outputs
    back = tf.raw_ops.LSTMBlockCellGrad(
        x=x, cs_prev=c, h_prev=h, w=w, wci=wci, wcf=wcf, wco=wco, b=b, i=i, cs=cs, f=f, o=o, ci=ci, co=co,
        cs_grad=gradients[1], h_grad=gradients[6], use_peephole=op.get_attr("use_peephole"),
    )  # fmt: skip
    gates = back.dicfo
    both = tf.matmul(gates, w, transpose_b=True)
    columns = tf.compat.dimension_value(x.shape[1])
    kernel = tf.matmul(tf.concat([x, h], 1), gates, transpose_a=True)
    bias = tf.reduce_sum(gates, 0)
    return (
        both[:, :columns], back.cs_prev_grad, both[:, columns:], kernel,
        back.wci_grad, back.wcf_grad, back.wco_grad, bias,
    )  # fmt: skip


def _gru(op: Any, *gradients: Any) -> tuple[Any, ...]:
    x, h, w_ru, w_c, b_ru, b_c = op.inputs
    r, u, c, _ = op.outputs
    back = tf.raw_ops.GRUBlockCellGrad(
        x=x, h_prev=h, w_ru=w_ru, w_c=w_c, b_ru=b_ru, b_c=b_c, r=r, u=u, c=c, d_h=gradients[3]
    )
    return (
        back.d_x,
        back.d_h_prev,
        tf.matmul(tf.concat([x, h], 1), back.d_r_bar_u_bar, transpose_a=True),
        tf.matmul(tf.concat([x, h * r], 1), back.d_c_bar, transpose_a=True),
        tf.reduce_sum(back.d_r_bar_u_bar, 0),
        tf.reduce_sum(back.d_c_bar, 0),
    )
