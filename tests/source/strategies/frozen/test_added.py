"""Ops that a script adds behind the graph."""

from __future__ import annotations

import pytest
from restored_scripts import RESTORE, SAVE, TENSORS, loaded, meta_graph, reason, rewritten


def behind(code: str) -> str:
    return rewritten(meta_graph(RESTORE + TENSORS + code + SAVE))


@pytest.mark.parametrize("load", [lambda body: meta_graph(RESTORE + body), loaded])
def test_they_are_made_in_the_graph(load):
    after = rewritten(load(TENSORS + "y = tf.nn.softmax(y)  # of logits\n" + SAVE))
    assert "with graph.as_default():\n    y = tf.nn.softmax(y)\n" in after


def test_statements_that_follow_each_other_share_a_block():
    after = behind("y = tf.nn.relu(y)\nz = y[:, 0]\nprint(z)\n# Above zero.\ny = -y\n")
    assert (
        "with graph.as_default():\n    y = tf.nn.relu(y)\n    z = y[:, 0]\nprint(z)\n# Above zero.\n"
        "with graph.as_default():\n    y = -y\n"
    ) in after


def test_a_loop_around_them_stays():
    assert "for i in range(3):\n    with graph.as_default():\n        y = tf.nn.relu(y)\n" in behind(
        "for i in range(3):\n    y = tf.nn.relu(y)\n"
    )


def test_those_of_a_helper():
    code = meta_graph(RESTORE + TENSORS + "y = head(y)\n" + SAVE)
    after = rewritten(code.replace("as tf\n", "as tf\n\ndef head(t):\n    return tf.nn.softmax(t * 2.0)\n\n", 1))
    assert "y = head(y)\n" in after
    assert "with graph.as_default()" not in after.partition("y = head(y)")[2]


def test_those_inside_of_the_export():
    after = rewritten(meta_graph(RESTORE + TENSORS + SAVE.replace("'y': y", "'y': y[:, 1], 'top': tf.argmax(y, 1)")))
    assert "with graph.as_default():\n    tensor = y[:, 1]\n    tensor_2 = tf.argmax(y, 1)\ntf.saved_model" in after
    assert '{"y": tensor, "top": tensor_2}' in after


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("y = y * tf.Variable(2.0)\n", "tf.Variable adds more than a plain op"),
        ("y = tf.layers.dense(y, 2)\n", "tf.layers.dense adds more than a plain op"),
        ("y = y + tf.random_uniform([1])\n", "tf.random.uniform adds more than a plain op"),
        ("y = tf.assign(graph.get_tensor_by_name('w:0'), y)\n", "tf.assign adds more than a plain op"),
        ("with tf.control_dependencies([y]):\n    y = tf.identity(y)\n", "ops are added"),
        ("with tf.name_scope('s'):\n    y = tf.identity(y)\n", "ops are added in tf.name_scope"),
        ("print(sess.run(tf.nn.relu(y)))\n", "ops are added to the graph, or run beside it"),
        ("y += 1.0\n", "a tensor"),
    ],
)
def test_what_is_no_plain_op(code: str, why: str):
    assert reason(meta_graph(RESTORE + TENSORS + code + SAVE)).startswith(why)


def test_ops_in_front_of_the_import_are_others():
    code = "z = tf.placeholder(tf.float32, [None])\n"
    assert reason(meta_graph(RESTORE + TENSORS + SAVE).replace("with tf", code + "with tf", 1)).startswith(
        "ops are added"
    )
