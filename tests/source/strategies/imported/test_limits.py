"""What a graph without variables is made of."""

from __future__ import annotations

import pytest
from imported_scripts import IMPORT, SAVE, body_of, export, why_not, wrapped


@pytest.mark.parametrize(
    "line",
    [
        "y = tf.reshape(tf.cast(y, tf.float32), [-1])",
        "y, = tf.import_graph_def(graph_def, input_map={'x:0': y}, return_elements=['y:0'])",
        "graph_def = tf.graph_util.remove_training_nodes(graph_def)",
        "with tf.device('/cpu:0'), tf.name_scope('a'):\n    y = tf.map_fn(lambda one: one, y)",
        "with tf.gfile.GFile(path, 'rb') as f:\n    graph_def.ParseFromString(f.read())",
        "for key, one in sorted({'a': y}.items()):\n    print(key, one.name)",
    ],
)
def test_imports_and_plain_operations(line: str):
    assert line.split("\n")[0] in body_of(wrapped(export(IMPORT + line + "\n" + SAVE))).replace("\n        ", "\n")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("w = tf.get_variable('w', [1])", "tf.get_variable may put variables"),
        ("tf.train.Saver().restore(sess, path)", "tf.train.Saver may put variables"),
        ("y = tf.layers.dense(y, 2)", "tf.layers.dense may put variables"),
        ("y = tf.py_func(len, [y], tf.int64)", "tf.py_func may put"),
        ("y = tf.contrib.layers.flatten(y)", "uses tf.contrib"),
        ("y = graph_def(y)", "graph_def may put variables"),
        ("y = add(y)", "tf.Variable may put variables"),
        ("y = net.add(y)", "net.add may put variables"),
    ],
)
def test_what_may_have_variables_is_refused(line: str, reason: str):
    code = export(IMPORT + line + "\n" + SAVE) + "\nimport net\n\ndef add(y):\n    return y * tf.Variable(2.0)\n"
    assert reason in why_not(code)


def test_every_block_of_the_graph_counts():
    code = export(IMPORT + SAVE, around="with tf.Session(graph=g) as sess:").replace(
        "    with tf.Session(graph=g)",
        "    g = tf.Graph()\n    with g.as_default():\n        WHAT\n    with tf.Session(graph=g)",
    )
    assert "save_graph(g," in body_of(wrapped(code.replace("WHAT", "tf.constant(1)")))
    assert "tf.get_variable may put" in why_not(code.replace("WHAT", "tf.get_variable('v', [1])"))


def test_a_default_graph_in_which_nothing_is_imported_is_built_elsewhere():
    lines = "x = y = tf.get_default_graph().get_tensor_by_name('x:0')\n"
    assert "built somewhere else" in why_not(export(lines + SAVE, around="with tf.Session() as sess:"))
