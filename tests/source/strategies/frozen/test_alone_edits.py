"""Tests of sessions and default graphs that become graphs."""

from __future__ import annotations

import pytest
from checks import rewrite
from frozen_scripts import frozen

from migrate.results import Level

READ = """
    parse
    tf.import_graph_def(graph_def)
"""
DRAW = "    writer = tf.summary.FileWriter('logs')\n"


def after(code: str) -> str:
    """The new text of a script whose only site is wrapped."""
    result = rewrite(frozen(code))
    assert [site.rule for site in result.sites] == ["TFM211"], [site.refusals for site in result.sites]
    return result.after


@pytest.mark.parametrize(
    ("header", "new"),
    [
        ("with tf.Session() as sess:", "with tf.Graph().as_default() as graph:"),
        ("with tf.Session(graph=tf.Graph()) as sess:", "with tf.Graph().as_default() as graph:"),
        ("g = tf.Graph()\nwith tf.Session(graph=g) as sess:", "g = tf.Graph()\nwith g.as_default():"),
    ],
)
def test_a_session_that_runs_nothing_is_a_graph(header: str, new: str):
    text = after(f"{header}{READ}{DRAW}    writer.add_graph(sess.graph)\n")
    assert new in text
    assert "writer.add_graph(g" in text
    assert "sess" not in text


def test_a_session_without_a_name_or_a_use_needs_none():
    text = after(f"with tf.Session(config=tf.ConfigProto()):{READ}{DRAW}    writer.add_graph(tf.get_default_graph())\n")
    assert "with tf.Graph().as_default():\n" in text
    assert "ConfigProto" not in text


def test_making_a_graph_the_default_one_without_a_with_does_nothing_and_goes():
    text = after(f"with tf.Session() as sess:\n    sess.graph.as_default(){READ}{DRAW}")
    assert text.count("as_default") == 1


def test_the_default_graph_of_a_script_becomes_one_of_its_own():
    text = after(
        "graph = tf.get_default_graph()\nparse\ntf.import_graph_def(graph_def)\nprint(graph.get_operations())\n"
    )
    assert "graph = tf.Graph()\n" in text
    assert "with graph.as_default():\n    tf.import_graph_def(graph_def)\n" in text


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (f"with tf.Session() as sess:{READ}{DRAW}    f(sess)\n", "a session may run"),
        (f"import other\nwith tf.Session() as sess:{READ}{DRAW}    other.show()\n", "may run the default session"),
        (f"def g():\n    pass\n\nwith tf.Session() as sess:{READ}{DRAW}    g()\n", "may run the default session"),
        (f"with tf.Session() as sess:{READ}{DRAW}keep = sess\n", "a session may run"),
        (
            "for path in paths:\n    with tf.Session() as sess:\n        parse\n        tf.import_graph_def(graph_def)\n",
            "loop",
        ),
        (f"with tf.Session() as sess:{READ}    tf.import_graph_def(graph_def, name='b')\n", "two GraphDefs"),
        (
            "def f():\n    graph = tf.get_default_graph()\n    parse\n    tf.import_graph_def(graph_def)\n",
            "not in this file",
        ),
    ],
)
def test_what_may_be_run_or_filled_again_is_refused(code: str, reason: str):
    (site, *_) = rewrite(frozen(code)).sites
    assert site.level is not Level.WRAPPED
    assert any(reason in one.reason for one in site.refusals if one.strategy == "graph_alone"), site.refusals


def test_a_function_that_draws_the_default_graph_twice_would_draw_what_was_there():
    code = "def draw(path):\n    with tf.Session() as sess:\n        parse\n        tf.import_graph_def(graph_def)\n"
    code += "        w = tf.summary.FileWriter('logs', sess.graph)\n\n\ndraw('a')\n"
    assert "with tf.Graph().as_default() as graph:" in after(code)
    (site,) = rewrite(frozen(code + "draw('b')\n")).sites
    assert site.level is not Level.WRAPPED
