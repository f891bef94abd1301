from __future__ import annotations

from checks import check_native, check_not_native, rewrite

HEAD = """
import tensorflow as tf
from tensorflow.contrib import layers

def one(path):
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    y = layers.fully_connected(x, 2)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})
"""
OTHER = HEAD[HEAD.index("def one") :].replace("one", "two").replace("layers.fully_connected(x, 2)", "LAYER")


def test_imports_that_only_layers_needed_go():
    check_native(HEAD, 'name="fully_connected/weights"', without=("contrib",))


def test_several_exports_with_layers():
    after = check_native(HEAD + OTHER.replace("LAYER", "tf.layers.dense(x, 2)"), 'name="dense/kernel"')
    assert after.count("(tf.Module)") == 2


def test_what_is_done_is_said():
    (site,) = rewrite(HEAD).sites
    assert "TFM010" in {finding.rule for finding in site.findings}


def test_reasons_have_the_lines_of_the_source():
    code = HEAD.replace("    with", "    y = tf.py_func(abs, [y], tf.float32)\n    with")
    assert "(line 8)" in (check_not_native(code, "TFM104", "py_func").reason or "")


def test_a_layer_that_no_signature_needs_and_that_is_refused_does_not_matter():
    code = HEAD.replace("    y = layers", "    y = x * 2.0\n    z = layers").replace("(x, 2)", "(x, 2, unknown=3)")
    check_native(code, without=("unknown", "contrib"))


def test_a_helper_function_that_makes_layers():
    code = HEAD.replace("y = layers.fully_connected(x, 2)", "y = net(x)")
    check_native(
        code.replace("def one", "def net(v):\n    return tf.layers.dense(v, 2)\n\ndef one"), 'name="dense/kernel"'
    )


def test_code_out_of_sight_counts_for_default_names():
    code = HEAD.replace("    y = ", "    z = helper.net(x)\n    y = ")
    check_not_native(code, "TFM109", "may have made layers before it")


def test_compat_v1_spelled_out():
    code = HEAD.replace("tf.", "tf.compat.v1.").replace("layers.fully_connected", "tf.compat.v1.layers.dense")
    code = code.replace("from tensorflow.contrib import layers\n", "")
    check_native(code, "tf.matmul(x, self.dense_kernel)", without=("get_variable",))
