"""Sessions in graphs of their own, beside code that moves to TF2's own behaviour."""

from __future__ import annotations

import pytest
from checks import rewrite

from migrate.results import Level, Mode

EXPORT = """\
import tensorflow as tf

def export(path):
    x = tf.placeholder(tf.float32, [None], name='x')
    with tf.Session() as sess:
        tf.saved_model.simple_save(sess, path, {'x': x}, {'y': x * 2.0})

"""
INSIDE = """\
def check(path, v):
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.saved_model.loader.load(sess, ['serve'], path)
        y = tf.get_default_graph().get_tensor_by_name('y:0')
        return sess.run(tf.reduce_max(y), {'x:0': v})
"""
OUTSIDE = """\
def check(path, v):
    saver = tf.train.import_meta_graph(path + '.meta')
    with tf.Session() as sess:
        saver.restore(sess, path)
        return sess.run(tf.reduce_max('y:0'), {'x:0': v})
"""


def test_both_are_rewritten():
    result = rewrite(EXPORT + INSIDE)
    export, load = result.sites
    assert (export.level, load.level, load.rule) == (Level.NATIVE, Level.BRIDGED, "TFM305")
    assert result.mode is Mode.EAGER
    assert "tf.Graph().as_default(), tf.compat.v1.Session() as sess:" in result.after
    assert "disable_v2_behavior" not in result.after
    assert any("has no 'y:0', 'x:0'" in found.message for found in load.findings)


@pytest.mark.parametrize("entered", ["tf.Session() as sess", "tf.Session(graph=tf.Graph()) as sess"])
def test_a_session_enters_its_graph(entered: str):
    text = EXPORT + INSIDE.replace("tf.Graph().as_default(), tf.Session() as sess", entered)
    assert [site.rule for site in rewrite(text).sites][1] == "TFM305"


def test_what_needs_the_default_graph_outside_of_it_is_left():
    result = rewrite(EXPORT + OUTSIDE)
    export, load = result.sites
    assert (export.level, load.level) == (Level.NATIVE, Level.FLAGGED)
    assert "not inside of a with statement" in (load.reason or "")


def test_alone_it_keeps_tf1s_behaviour():
    result = rewrite("import tensorflow as tf\n\n" + INSIDE)
    assert [site.rule for site in result.sites] == ["TFM304"]
    assert result.mode is Mode.GRAPH
