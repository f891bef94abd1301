"""Dimensions of TF1's shapes are never None, in graph code that stays."""

from __future__ import annotations

import pytest

from migrate import rewrite_source

CODE = """\
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 3])
n = x.shape[0]
y = x * (2.0 if CONDITION else 3.0)
with tf.Session() as sess:
    print(sess.run(y, {x: [[1.0, 2.0, 3.0]]}))
    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})
"""


@pytest.mark.parametrize(
    ("condition", "old"),
    [
        ("n is None", True),
        ("x.get_shape()[0] == None", True),
        ("x.shape.as_list()[0] is None", False),
        ("x is None", False),
    ],
)
def test_shapes_stay_those_of_tf1(condition: str, old: bool) -> None:
    text = rewrite_source(CODE.replace("CONDITION", condition), "script.py").after
    assert ("tf.compat.v1.disable_v2_tensorshape()" in text) is old
