"""Functions that begin with a reset of the default graph."""

from __future__ import annotations

import pytest
from checks import rewrite
from wrapping_code import HEAD, body_of, view_of, wrapped

from migrate.source.strategies.own_graphs import with_own_graphs

TRAIN = """\
def train():
    tf.reset_default_graph()  # a new one
    x = tf.placeholder(tf.float32, [None, 3])
    o = net(x)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.train.Saver().save(sess, 'model')

"""
EXPORT = """\
def export():
    tf.reset_default_graph()
    x = tf.placeholder(tf.float32, [None, 3])
    o = net(x)
    with tf.Session() as sess:
        tf.train.Saver().restore(sess, 'model')
        tf.saved_model.simple_save(sess, 'out', {'x': x}, dict(o))

"""
RUN = "train()\nexport()\n"


def test_each_has_one_of_its_own():
    result = wrapped_all(HEAD + TRAIN + EXPORT + RUN)
    assert "reset_default_graph" not in result
    assert result.count("with tf.Graph().as_default():") == 2


def wrapped_all(code: str) -> str:
    """The new text of code whose export is wrapped, and whose training keeps its session."""
    result = rewrite(code)
    assert [site.rule for site in result.sites] == ["TFM206"]
    assert "with tf.compat.v1.Session() as sess:" in body_of(result, "train")
    assert "Session" not in body_of(result)
    return result.after


def test_one_that_nothing_calls_may_stand_beside_other_code():
    code = HEAD + TRAIN + "x = tf.placeholder(tf.float32, [None, 3])\nprint(net(x))\n"
    assert with_own_graphs(view_of(code)) is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # The graph is used afterwards, or may be.
        (RUN, "train()\nx = tf.placeholder(tf.float32)\nexport()\n"),
        (RUN, "train()\nimport other\nother.build()\nexport()\n"),
        ("'model')\n\n", "'model')\n    return sess\n\n"),
        ("o = net(x)\n", "o = net(x)\n    box.o = o\n"),
        # Something is built before.
        ("    tf.reset_default_graph()\n    x", "    y = tf.zeros([])\n    tf.reset_default_graph()\n    x"),
        ("    tf.reset_default_graph()\n    x", "    if 1:\n        tf.reset_default_graph()\n    x"),
    ],
)
def test_not_where_its_graph_may_be_another(old: str, new: str):
    code = (HEAD + TRAIN + EXPORT + RUN).replace(old, new)
    assert code != HEAD + TRAIN + EXPORT + RUN
    assert with_own_graphs(view_of(code)) is None


def test_a_single_function_is_wrapped_as_before():
    assert "with tf.Graph().as_default():" in body_of(wrapped(HEAD + EXPORT))
