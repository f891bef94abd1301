from __future__ import annotations

import pytest
from lowering import IMAGES, ROWS, STEPS, refused, variables


@pytest.mark.parametrize(
    ("given", "line", "features"),
    [
        (ROWS, "y = x + 1.0", "6"),
        (ROWS, "y = tf.concat([x, x, x], axis=1)", "18"),
        (ROWS, "y = tf.nn.leaky_relu(tf.nn.dropout(x, 1.0))", "6"),
        (ROWS, "y = tf.matmul(x, tf.get_variable('w', [6, 4]))", "4"),
        (ROWS, "y = x[:, 2:]", "4"),
        (ROWS, "y = tf.reshape(x, [-1, 2 * 3])", "6"),
        (STEPS, "y = x[:, -1]", "4"),
        (STEPS, "y = x[:, :, 1]", "5"),
        (STEPS, "y = tf.reduce_mean(x, axis=1)", "4"),
        (STEPS, "y = tf.reduce_max(x, [1], keepdims=True)", "4"),
        (STEPS, "y = tf.transpose(x, [0, 2, 1])", "5"),
        (STEPS, "y = tf.squeeze(tf.expand_dims(x, 1), [1])", "4"),
        (STEPS, "y = x[:, :1] * x", "4"),
        (IMAGES, "y = tf.reshape(tf.reduce_mean(x, [1, 2]), (-1, SIZE))", "3"),
        (ROWS, "if flag:\n    y = tf.nn.relu(x)\nelse:\n    y = x", "6"),
    ],
)
def test_features(given: str, line: str, features: str):
    found = variables(given, line, "z = tf.layers.dense(y, 2)", above="SIZE = 3")
    assert found["dense/kernel"] == f"[{features}, 2]"


@pytest.mark.parametrize(
    "line",
    [
        "y = x[:, ::step]",
        "y = tf.concat([x, unknown(x)], 1)",
        "y = tf.concat([x, x], axis)",
        "y = tf.reduce_mean(x, axis)",
        "if flag:\n    y = x\nelse:\n    y = tf.concat([x, x], 1)",
        "y = x\nfor i in range(3):\n    y = tf.concat([y, x], 1)",
        "sizes = [6]\nsizes.append(2)\ny = tf.reshape(x, sizes)",
    ],
)
def test_unknown_shapes_are_not_guessed(line: str):
    refused(ROWS, line, "z = tf.layers.dense(y, 2)")


@pytest.mark.parametrize(
    ("helper", "line", "features"),
    [
        ("def leaky(t, slope=0.1):\n    return tf.maximum(slope * t, t)", "y = leaky(leaky(x))", "6"),
        ("def scaled(t):\n    half = t / 2.0\n    with tf.name_scope('s'):\n        return half", "y = scaled(x)", "6"),
        ("def cut(t, size):\n    return t[:, :size]", "y = cut(x, 2)", "2"),
        ("def one(t):\n    return two(t)\ndef two(t):\n    return tf.concat([t, t], 1)", "y = one(x)", "12"),
    ],
)
def test_helpers_are_looked_into(helper: str, line: str, features: str):
    found = variables(ROWS, line, "z = tf.layers.dense(y, 2)", above=helper)
    assert found["dense/kernel"] == f"[{features}, 2]"


@pytest.mark.parametrize(
    ("helper", "line"),
    [
        ("def f(t):\n    if t is None:\n        return t\n    return t[:, :2]", "y = f(x)"),
        ("def f(t):\n    return f(t)", "y = f(x)"),
        ("def f(t):\n    parts = [p for p in t]\n    return parts[0]", "y = f(x)"),
        ("def f(*t):\n    return t[0]", "y = f(x)"),
    ],
)
def test_other_helpers_are_not(helper: str, line: str):
    refused(ROWS, line, "z = tf.layers.dense(y, 2)", above=helper)


def test_the_larger_of_two_tensors():
    found = variables(ROWS, "y = tf.maximum(tf.get_variable('w', [1, 1]), x)", "z = tf.layers.dense(y, 2)")
    assert found["dense/kernel"] == "[6, 2]"


@pytest.mark.parametrize(
    ("given", "line", "features"),
    [
        (ROWS, "y = tf.concat(values=[x, x], axis=1)", "12"),
        (ROWS, "y = tf.where(x > 0.0, x, tf.zeros_like(x))", "6"),
        (ROWS, "n = x.get_shape().as_list()[-1]\ny = tf.reshape(tf.tile(x, [1, 2]), [-1, tf.shape(x)[0], n])", "6"),
        (ROWS, "y = tf.reshape(x, [-1, x.shape[1].value])", "6"),
        (ROWS, "y = x / (x.get_shape().as_list()[-1] ** 0.5)", "6"),
    ],
)
def test_sizes_that_are_asked_for(given: str, line: str, features: str):
    assert variables(given, line, "z = tf.layers.dense(y, 2)")["dense/kernel"] == f"[{features}, 2]"
