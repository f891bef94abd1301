"""Sessions whose graph is made for them and stays empty."""

from __future__ import annotations

import pytest
from checks import rewrite

from migrate.results import Level

BUILT = """\
import os
import tensorflow as tf

def build(graph):
    with graph.as_default():
        x = tf.placeholder(os.environ["DTYPE"], [None, 3], name="x")
        return x, tf.identity(x * 2.0, name="y")

def export(path, sess=None):
    graph = tf.Graph()
    x, y = build(graph)
    BODY
"""
SAVE = "tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})"
BUILDER = """\
infos = {'x': tf.saved_model.utils.build_tensor_info(x)}
    sigs = {'k': tf.saved_model.signature_def_utils.build_signature_def(infos, infos, 'm')}
    builder = tf.saved_model.builder.SavedModelBuilder(os.path.join(path, '1'))
    with tf.Session(graph=tf.Graph()) as sess:
        sess.run(tf.global_variables_initializer())
        builder.add_meta_graph_and_variables(sess, ['serve'], signature_def_map=sigs)
    builder.save()"""


def levels(body: str) -> tuple[set[Level], str]:
    sites = rewrite(BUILT.replace("BODY", body)).sites
    return {site.level for site in sites}, " ".join(str(site.reason) for site in sites)


@pytest.mark.parametrize(
    "body",
    [
        f"with tf.Session(graph=tf.Graph()) as sess:\n        {SAVE}",
        f"with tf.Session(graph=tf.Graph(), config=tf.ConfigProto()) as sess:\n        print(path)\n        {SAVE}",
        f"with tf.Graph().as_default(), tf.Session() as sess:\n        {SAVE}",
        f"with tf.Graph().as_default():\n        with tf.Session() as sess:\n            {SAVE}",
        BUILDER,
    ],
)
def test_no_strategy_takes_it(body: str):
    found, reason = levels(body)
    assert found == {Level.FLAGGED}
    assert "stays empty" in reason


@pytest.mark.parametrize(
    "body",
    [
        f"with tf.Session(graph=graph) as sess:\n        {SAVE}",
        f"with tf.Session(graph=x.graph) as sess:\n        {SAVE}",
        f"with graph.as_default(), tf.Session() as sess:\n        {SAVE}",
        f"with tf.Session() as sess:\n        {SAVE}",
        f"with tf.Session(graph=tf.Graph()) as sess:\n        x, y = build(sess.graph)\n        {SAVE}",
        f"with tf.Session(graph=tf.Graph()) as sess:\n        x = y = tf.placeholder(tf.float32)\n        {SAVE}",
        f"with tf.Session(graph=tf.Graph()) as sess:\n        path.restore()\n        {SAVE}",
        f"with tf.Session(graph=tf.Graph()) as sess:\n        tf.saved_model.loader.load(sess, [], path)\n        {SAVE}",
        f"with tf.Session(graph=tf.Graph()) as sess:\n        path(sess)\n        {SAVE}",
        f"with tf.Session(graph=tf.Graph()) as sess, graph.as_default():\n        {SAVE}",
        f"with tf.Graph().as_default() as other, tf.Session() as sess:\n        {SAVE}",
    ],
)
def test_a_graph_that_may_be_filled_is_another_matter(body: str):
    assert "stays empty" not in levels(body)[1]
