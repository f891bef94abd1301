"""Whether code says itself what its variables start with."""

from __future__ import annotations

import ast

import pytest

from migrate.settings import Settings
from migrate.source.strategies.wrapping.first_values import first_values_are_constant
from migrate.source.view import ModuleView


@pytest.mark.parametrize(
    ("line", "constant"),
    [
        ("v = tf.Variable(0.5, name='v')", True),
        ("first = [1.0, [2.0]]\nv = tf.Variable(first)", True),
        ("def make(): return tf.Variable('a')\nv = make()", True),
        ("v = tf.Variable(tf.zeros([2]))", False),
        ("v = tf.Variable(initial_value=0.5)", False),
        ("v = tf.get_variable('v', [2])", False),
        ("y = tf.layers.dense(x, 2)", False),
        ("tf.train.import_meta_graph('a')", False),
        ("import nets\ny = nets.build(x)", False),
    ],
)
def test_numbers_and_texts_are_constant(line: str, constant: bool):
    code = "import tensorflow as tf\n" + line + "\n"
    view = ModuleView(code, ast.parse(code), "script.py", Settings())
    assert first_values_are_constant([view.symbols.module], view) is constant
