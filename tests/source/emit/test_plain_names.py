"""What plain names of TensorFlow mean."""

from __future__ import annotations

import ast

import pytest
from checks import check_native

from migrate.source.emit.plain_names import has_plain_tf1_names
from migrate.source.symbols import Symbols

HEAD = "import tensorflow as tf\n"


@pytest.mark.parametrize(
    "code",
    ["tf.Session()", "tf.compat.v1.placeholder\ntf.Session()", "tf.contrib.x\ntf.compat.v1.Session()",
     "tf.compat.v1.x\ndef f():\n    return tf.get_variable('w', [])"],
)  # fmt: skip
def test_a_name_that_tf2_has_not_is_tf1s(code: str):
    assert has_plain_tf1_names(Symbols(ast.parse(HEAD + code)))


@pytest.mark.parametrize("code", ["tf.compat.v1.Session()\ntf.nn.softmax(x)", "tf.compat.v1.Session\ntf.function"])
def test_other_names_may_be_tf2s(code: str):
    assert not has_plain_tf1_names(Symbols(ast.parse(HEAD + code)))


def test_arguments_of_tf1_are_translated_in_a_file_that_spells_both():
    check_native(
        """
        import tensorflow as tf
        x = tf.placeholder(tf.float32, [None, 3], name='x')
        y = tf.nn.softmax(tf.reduce_sum(x, 1, keep_dims=True), dim=-1)
        with tf.Session() as sess:
            tf.compat.v1.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})
        """,
        "tf.nn.softmax(tf.reduce_sum(x, 1, keepdims=True), axis=-1)",
    )
