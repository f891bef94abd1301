"""A finding about the package that new code imports."""

from __future__ import annotations

from checks import rewrite

NATIVE = """
    import tensorflow as tf

    def train(x):
        return {layer}

    x = tf.placeholder(tf.float32, [None, 2], name='x')
    w = tf.Variable([[1.0], [2.0]])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': tf.matmul(x, w)}})
"""


def test_code_beside_a_native_export_is_told_of():
    result = rewrite(NATIVE.format(layer="tf.layers.dense(x, 3)"))
    assert "from migrate import tf1\n" in result.after
    assert "return tf1.layers.dense(x, 3)" in result.after
    (site,) = result.sites
    (finding,) = site.findings
    assert (finding.rule, finding.level) == ("TFM302", site.level)
    assert finding.message.startswith("other code of the file uses what ended with TensorFlow 1")


def test_nothing_is_said_without_it():
    (site,) = rewrite(NATIVE.format(layer="x")).sites
    assert site.findings == ()
