"""Initial values of variables that get_variable makes."""

from __future__ import annotations

from checks import check_native, script


def test_a_scopes_default_initializer_counts():
    code = script(
        "with tf.variable_scope('a', initializer=tf.ones_initializer()):",
        "  w = tf.get_variable('w', [3])",
        "y = x * w",
    )
    check_native(code, "tf.ones([3], tf.float32)", 'name="a/w"', without=("Glorot",))


def test_the_innermost_default_initializer_counts():
    code = script(
        "with tf.variable_scope('a', initializer=tf.ones_initializer()):",
        "  with tf.variable_scope('b', initializer=tf.zeros_initializer()):",
        "    w = tf.get_variable('w', [3])",
        "y = x * w",
    )
    check_native(code, "tf.zeros([3], tf.float32)", 'name="a/b/w"')
