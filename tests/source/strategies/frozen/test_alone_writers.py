"""Tests of summary writers, which TF2 makes in graphs alone."""

from __future__ import annotations

import pytest
from checks import rewrite
from frozen_scripts import frozen

from migrate.results import Level

READ = "with tf.Session() as sess:\n    parse\n    tf.import_graph_def(graph_def)\n"


def test_statements_that_follow_each_other_share_their_with_and_the_writer_is_flushed():
    code = "graph = tf.get_default_graph()\nparse\ntf.import_graph_def(graph_def)\n"
    result = rewrite(frozen(code + "writer = tf.summary.FileWriter('logs', graph)\n"))
    assert result.after.endswith(
        "with graph.as_default():\n    tf.import_graph_def(graph_def)\n"
        "    writer = tf.compat.v1.summary.FileWriter('logs', graph)\n    writer.flush()\n"
    )


def test_it_is_flushed_behind_the_last_graph_that_it_gets():
    result = rewrite(frozen(READ + "    w = tf.summary.FileWriter('logs')\n    w.add_graph(sess.graph)\nprint(1)\n"))
    assert "    w.add_graph(graph)\n    w.flush()\nprint(1)\n" in result.after


def test_a_writer_that_is_closed_is_not_flushed():
    result = rewrite(frozen(READ + "w = tf.summary.FileWriter('logs')\nw.add_graph(sess.graph)\nw.close()\n"))
    assert (
        "with graph.as_default():\n    w = tf.compat.v1.summary.FileWriter('logs')\nw.add_graph(graph)\n"
        in result.after
    )
    assert "flush" not in result.after


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("w = tf.summary.FileWriter('logs')\n", "no graph is the default one"),
        ("w = tf.summary.FileWriter('logs', sess.graph)\nw.add_summary(s)\n", "more than graphs"),
        ("f(tf.summary.FileWriter('logs', sess.graph))\n", "in a way|not one|not kept"),
    ],
)
def test_other_writers_are_refused(code: str, reason: str):
    (site,) = rewrite(frozen(READ + code)).sites
    assert site.level is not Level.WRAPPED
    said = [one.reason for one in site.refusals if one.strategy == "graph_alone"]
    assert any(part in one for one in said for part in reason.split("|")), said
