"""Imports that fail under TensorFlow 2, in files that are rewritten."""

from __future__ import annotations

from checks import rewrite

from migrate.results import Level

CODE = """
    import tensorflow as tf
    {imports}

    x = tf.placeholder(tf.float32, [None, 2], name='x')
    w = tf.Variable([[1.0], [2.0]])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': tf.matmul(x, w)}})
    {used}
"""


def test_an_import_that_is_used_is_told_of():
    result = rewrite(
        CODE.format(
            imports="from tensorflow.tools.graph_transforms import TransformGraph", used="print(TransformGraph)"
        )
    )
    [site] = result.sites
    assert site.level is Level.NATIVE
    [finding] = site.findings
    assert finding.rule == "TFM302"
    assert finding.message.startswith("TensorFlow 2 has no tensorflow.tools.graph_transforms.TransformGraph (line 3):")
    assert "TransformGraph" in result.after


def test_an_import_that_nothing_uses_goes():
    result = rewrite(CODE.format(imports="from tensorflow.contrib.saved_model import save_keras_model", used=""))
    [site] = result.sites
    assert not site.findings
    assert "contrib" not in result.after


def test_an_import_with_another_in_its_place_stays():
    code = CODE.format(
        imports="try:\n        from tensorflow.contrib import cloud\n    except ImportError:\n        cloud = None",
        used="",
    )
    result = rewrite(code)
    assert "from tensorflow.contrib import cloud" in result.after
    assert not result.sites[0].findings
