"""What is said about names that session code has no more."""

from __future__ import annotations

from textwrap import dedent

import pytest
from checks import rewrite

SAVE = """
def save(sess, path, ends):
    with tf.Session():
        tf.saved_model.simple_save(sess, path, *ends)
"""


def said(code: str) -> list[str]:
    (site,) = rewrite("import tensorflow as tf\n" + dedent(code) + SAVE).sites
    assert {finding.rule for finding in site.findings} <= {"TFM302"}
    return [finding.message for finding in site.findings]


@pytest.mark.parametrize(
    ("code", "start", "part"),
    [
        ("def f(x): return tf.layers.dense(x, 3)", "tf.layers (line 2) ended", "migrate.tf1 has the same"),
        ("def f(): return tf.nn.rnn_cell.GRUCell(3)", "tf.nn.rnn_cell (line 2) ended", "migrate.tf1 has the same"),
        ("from tensorflow.contrib import slim", "tf.contrib.slim (line 2) ended", "migrate.tf1 has the same"),
        ("import tensorflow.contrib.slim as slim", "tf.contrib.slim (line 2) ended", "migrate.tf1 has the same"),
        ("def f(): tf.contrib.gan.gan_loss(1)", "tf.contrib.gan.gan_loss (line 2) ended", "must be replaced"),
        ("class A(tf.layers.Nothing): pass", "tf.layers.Nothing (line 2) comes", "TF_USE_LEGACY_KERAS=1"),
        ("def f(): tf.estimator.Estimator(None)", "tf.estimator (line 2) ended", "2.15"),
        ("from keras import backend as K", "keras (line 2) means Keras 3", "tf-keras"),
        ("def f(): tf.keras.Model()", "tf.keras (line 2) means Keras 3", "tf-keras"),
        ("from tensorflow.python.keras import backend", "tensorflow.python.keras (line 2) means", "tf-keras"),
        ("from tensorflow.examples.tutorials.mnist import input_data", "tf.examples.tutorials (line 2)", "migrate.tf1"),
        ("import tf_slim as slim", "tf_slim (line 2) works", "batch_norm"),
        ("import tensorflow_hub as hub\nm = hub.Module", "tensorflow_hub.Module (line 3) ended", "hub.load gives"),
        ("from tensorflow_hub import Module", "tensorflow_hub.Module (line 2) ended", "hub.load gives"),
        (
            "from tensorflow.python.ops import array_ops as a\ndef f(tf): a.stack(tf)",
            "tensorflow.python.ops.array_ops.stack (line 3)",
            "tf.compat.v1.stack",
        ),
        ("from tensorflow.examples.tutorials.mnist import mnist", "tf.examples (line 2) is no part", "data"),
    ],
)
def test_what_is_gone_and_what_helps(code: str, start: str, part: str):
    (message,) = said(code)
    assert message.startswith(start)
    assert part in message


def test_one_finding_for_each_advice():
    found = said("""
        def f(x):
            x = tf.layers.dense(tf.layers.flatten(x), 3)
            x = tf.layers.dropout(tf.layers.dense(x, 3))
            return tf.layers.batch_normalization(x) + tf.estimator.ModeKeys.TRAIN
        """)
    assert len(found) == 2
    assert found[0].startswith("tf.layers (line 4) ended with TensorFlow 1, and migrate.tf1 has the same")


def test_what_a_module_lacks_keeps_it_where_it_is():
    found = said("""
        from tensorflow.contrib import slim, gan
        def f(x):
            x = slim.fully_connected(x, 3)
            return slim.nothing(x) + slim.nothing.more(x) + gan.a(x) + tf.contrib.layers.flatten(x)
        """)
    assert len(found) == 2
    assert found[0].startswith("tf.contrib.layers (line 6) ended with TensorFlow 1, and migrate.tf1 has the same")
    assert found[1].startswith(
        "tf.contrib.gan.a (line 6), tf.contrib.slim.nothing (line 6), tf.contrib.slim.nothing.more"
    )


def test_nothing_is_said_of_what_is_there():
    assert said("def f(x): return tf.nn.dynamic_rnn(None, tf.app.flags.FLAGS.x) + tf.losses.get_total_loss()") == []


def test_a_file_that_builds_no_graph_says_who_must_switch():
    code = "import tensorflow as tf\ndef save(*a):\n    tf.saved_model.simple_save(*a)\n"
    (site,) = rewrite(code).sites
    assert [finding.message.partition(":")[0] for finding in site.findings] == ["no graph is built in this file"]


def test_what_tensorflow_hub_still_has_is_not_told():
    assert said("import tensorflow_hub as hub\ndef f(): return hub.load('m')") == []
