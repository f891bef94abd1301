"""Loads beside exports, in graphs of their own."""

from __future__ import annotations

import pytest
from checks import rewrite

EXPORT = """
import tensorflow as tf

with tf.Graph().as_default() as g:
    with tf.Session() as sess:
        x = tf.placeholder(tf.float32, [])
        tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': x + 2})

with tf.Graph().as_default() as g:
    saver = tf.train.import_meta_graph('m.meta')
    x = g.get_tensor_by_name('x:0')
    with tf.Session() as sess:
        saver.restore(sess, 'm')
        print(sess.run('y:0', {x: 5}))
"""


def kinds(code: str) -> list[str]:
    return [site.kind for site in rewrite(code).sites]


def test_a_graph_of_its_own_is_a_site_of_its_own():
    assert kinds(EXPORT) == ["simple_save", "meta_graph"]
    in_session = EXPORT.replace(
        "with tf.Graph().as_default() as g:\n    saver", "with tf.Session(graph=tf.Graph()) as s:\n    saver"
    )
    assert kinds(in_session.replace("= g.get", "= s.graph.get")) == ["simple_save", "meta_graph"]
    assert kinds(EXPORT + "x = 5\nprint(x)\n") == ["simple_save", "meta_graph"]


@pytest.mark.parametrize(
    "code",
    [
        EXPORT + "def value():\n    return saver\n",
        EXPORT.replace("with tf.Graph().as_default() as g:\n    saver", "if True:\n    saver"),
        EXPORT + "with tf.Session(graph=g) as sess:\n    tf.saved_model.simple_save(sess, 'o', {}, {'y': g})\n",
        EXPORT + "        tf.saved_model.simple_save(sess, 'o', {'x': x}, {'y': x})\n",
        EXPORT.replace("\nwith", "\nbuilder = tf.saved_model.Builder('o')\nwith", 1)
        + "        builder.add_meta_graph_and_variables(sess, ['serve'], {})\nbuilder.save()\n",
    ],
)
def test_what_others_see_is_a_part_of_the_export(code: str):
    assert "meta_graph" not in kinds(code)
