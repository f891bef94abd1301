"""Values of a session that are handed to the module."""

from __future__ import annotations

from checks import check_native, script

W = "w = tf.Variable([1.0, 2.0, 3.0], name='w')"
TRAIN = ("y = x * w", "train = tf.train.GradientDescentOptimizer(0.1).minimize(y)")


def test_trained_values_are_read_once():
    after = check_native(script(W, *TRAIN, session="sess.run(train, {x: [[1., 2., 3.]]})"))
    assert "with tf.Graph().as_default():\n" in after
    assert "w_value = sess.run(w)\n" in after
    assert "model = ExportedModel(w_value)\n" in after
    graph = after[after.index("with tf.Graph()") :]
    export = graph[graph.index("export_dir = ") :]
    assert not export.startswith(" "), "the save stands outside the graph"
    assert "tf.compat.v1.placeholder" in graph


def test_many_trained_values_go_by_name():
    code = script(
        *[f"w{i} = tf.Variable({i}.0)" for i in range(5)],
        "y = x * w0 + w1 + w2 + w3 + w4",
        TRAIN[1],
        session="sess.run(train, {x: [[1., 2., 3.]]})",
    )
    check_native(code, '"w3": w3', "ExportedModel(**values)")
