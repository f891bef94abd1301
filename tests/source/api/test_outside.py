"""Names for TF1 code that goes on under TF2."""

from __future__ import annotations

import pytest
from checks import check_native, script
from wrapping_code import INIT, SAVE, in_session, wrapped

from migrate.source.api import call_outside

XAVIER = "contrib.layers.xavier_initializer"
GLOROT = "compat.v1.glorot_uniform_initializer"


@pytest.mark.parametrize(
    ("name", "positional", "keywords", "spelling"),
    [
        (XAVIER, 0, (), GLOROT),
        (f"{XAVIER}_conv2d", 0, ("seed", "dtype"), GLOROT),
        (XAVIER, 0, ("uniform",), None),
        (XAVIER, 1, (), None),
        (XAVIER, 0, ("**",), None),
        ("contrib.framework.get_or_create_global_step", 0, (), "compat.v1.train.get_or_create_global_step"),
        ("contrib.framework.nest", 0, (), None),
        ("placeholder", 2, (), "compat.v1.placeholder"),
    ],
)
def test_a_call_keeps_its_meaning(name: str, positional: int, keywords: tuple[str, ...], spelling: str | None):
    assert call_outside(name, positional, keywords) == spelling


W = "w = tf.get_variable('w', [3], initializer=tf.contrib.layers.xavier_initializer(seed=4))"
TRAIN = "train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(x * w))"


def test_training_code_and_graph_code_have_it():
    native = check_native(script(W, TRAIN, "y = x * w", session="sess.run(train, {x: [[1., 2., 3.]]})"))
    assert f"initializer=tf.{GLOROT}(seed=4))" in native
    code = in_session(INIT, SAVE)
    code = code.replace("    x = tf.placeholder", f"    {W}\n    x = tf.placeholder")
    assert f"initializer=tf.{GLOROT}(seed=4))" in wrapped(code).after
    assert (
        "initializer=tf1.contrib.layers.xavier_initializer(uniform=False))"
        in wrapped(code.replace("seed=4", "uniform=False")).after
    )
