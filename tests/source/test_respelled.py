"""Calls of tf.contrib that TF1's own API has, too, in code that stays."""

from __future__ import annotations

from checks import rewrite

from migrate.results import Level

CODE = """
    import tensorflow as tf

    def export(sess, inputs, outputs, path):
        tf.saved_model.simple_save(sess, path, inputs, outputs)

    def build(x):
        w = tf.get_variable('w', [3], initializer=tf.contrib.layers.xavier_initializer(seed=4))
        return x * w
"""


def test_a_bridged_file_has_the_other_name():
    result = rewrite(CODE)
    [site] = result.sites
    assert site.level is Level.BRIDGED
    assert "import tensorflow.compat.v1 as tf\n" in result.after
    assert "initializer=tf.glorot_uniform_initializer(seed=4))" in result.after
    assert not [finding for finding in site.findings if "contrib" in finding.message]


def test_what_means_something_else_is_spelled_as_before():
    result = rewrite(CODE.replace("seed=4", "uniform=False"))
    [site] = result.sites
    assert "tf1.contrib.layers.xavier_initializer(uniform=False)" in result.after
    assert [finding for finding in site.findings if finding.message.startswith("tf.contrib.layers (line 8)")]


def test_layers_come_from_another_package():
    code = """
        import json, sys
        import tensorflow as tf

        def net(x):
            for units in json.loads(sys.argv[1]):
                x = tf.layers.dense(x, units)
            return {'y': x}

        x = tf.placeholder(tf.float32, [None, 3])
        outputs = net(x)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            tf.saved_model.simple_save(sess, 'out', {'x': x}, outputs)
    """
    result = rewrite(code)
    assert result.sites[0].level is Level.WRAPPED
    assert "x = tf1.layers.dense(x, units)" in result.after
