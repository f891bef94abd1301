"""Tests of graphs that are loaded in one function and frozen in another, and of sessions that are the default ones."""

from __future__ import annotations

import pytest
from checks import rewrite

from migrate.results import Level

LOAD = """
import tensorflow as tf


def main(path, names):
    with tf.Graph().as_default():
        with tf.Session() as sess:
            {load}
            return freeze(sess, sess.graph.as_graph_def(), names)


def freeze(sess, graph_def, names):
    return tf.graph_util.convert_variables_to_constants(sess, graph_def, names{more})
"""
META_GRAPH = "saver = tf.train.import_meta_graph(path)\n            saver.restore(sess, path)"
DEFAULT = "saver = tf.train.import_meta_graph(path)\n            tf.get_default_session().run(tf.global_variables_initializer())"
SAVED_MODEL = "tf.saved_model.loader.load(sess, ['serve'], path)"


def script(load: str, more: str = "") -> str:
    return LOAD.replace("{load}", load).replace("{more}", more)


@pytest.mark.parametrize(
    ("load", "rule", "kind"),
    [
        (META_GRAPH, "TFM212", "meta_graph"),
        (DEFAULT + "\n            saver.restore(tf.get_default_session(), path)", "TFM212", "meta_graph"),
        (SAVED_MODEL, "TFM213", "loader"),
    ],
)
def test_the_load_and_the_function_that_freezes_are_rewritten_together(load: str, rule: str, kind: str):
    result = rewrite(script(load))
    assert [(site.kind, site.level, site.rule) for site in result.sites] == [
        (kind, Level.WRAPPED, rule),
        ("freeze", Level.WRAPPED, rule),
    ]
    assert "    return freeze(model, model.as_graph_def(), names)\n" in result.after
    assert "    return freeze_variables(sess, graph_def, names)\n" in result.after
    assert "get_default_session" not in result.after


@pytest.mark.parametrize("more", [", ['w']", ", variable_names_whitelist=names", ", variable_names_blacklist=['w']"])
def test_only_some_of_the_variables_may_become_constants(more: str):
    after = rewrite(script(META_GRAPH, more)).after
    assert f"freeze_variables(sess, graph_def, names{more})" in after
    assert "    variable_names_whitelist=None,\n    variable_names_blacklist=None,\n):" in after


def test_a_function_that_also_freezes_other_sessions_keeps_them():
    code = script(META_GRAPH) + "\n\ndef other(session, names):\n    return freeze(session, session.graph_def, names)\n"
    assert {site.rule for site in rewrite(code).sites} == {"TFM220", "TFM305"}


def test_two_ways_to_freeze_in_one_function_stay():
    code = "from tensorflow.tools.graph_transforms import TransformGraph\n" + script(META_GRAPH)
    code += "\n\ndef more(graph_def):\n    return TransformGraph(graph_def, [], [], [])\n"
    assert next(site for site in rewrite(code).sites if site.line > 15).level is Level.FLAGGED


def test_the_default_session_of_a_caller_stays():
    code = script(META_GRAPH).replace(
        "with tf.Session() as sess:", "if True:\n            sess = tf.get_default_session()"
    )
    assert {site.rule for site in rewrite(code).sites}.isdisjoint({"TFM212", "TFM217"})
