"""What makes variables, tables and layers."""

from __future__ import annotations

import ast

import pytest
from checks import kinds

from migrate.source.slicing.state_calls import state_call


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("v = tf.Variable(1.0)", "tf.Variable(1.0)"),
        ("v = {'a': tf.Variable(1.0)}", "{'a': tf.Variable(1.0)}"),
        ("v = [tf.Variable(1.0), [tf.get_variable('a', [1])]]", "[tf.Variable(1.0), [tf.get_variable('a', [1])]]"),
        ("u, v = 1, tf.Variable(2.0)", "tf.Variable(2.0)"),
        ("v = [tf.Variable(1.0), 3]", None),
        ("v = tf.Variable(1.0) * 2.0", None),
        ("v = []", None),
        ("u = tf.Variable(1.0)\nv = u", None),
    ],
)
def test_what_is_state(code: str, made: str | None):
    found = kinds(f"import tensorflow as tf\n{code}\n")
    definition = found.region.steps[-1].writes[-1]
    node = state_call(definition, found)
    assert (None if node is None else ast.unparse(node)) == made
