"""Sessions that export graphs without variables, and their graphs."""

from __future__ import annotations

import pytest
from imported_scripts import IMPORT, SAVE, body_of, export, why_not, wrapped


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        ("with tf.Graph().as_default(), tf.Session() as sess:", "with tf.Graph().as_default() as graph:"),
        ("with tf.Graph().as_default() as g, tf.Session(graph=g) as sess:", "with tf.Graph().as_default() as g:"),
        ("with tf.Session(graph=tf.Graph()) as sess:", "with tf.Graph().as_default() as graph:"),
        (
            "with tf.Session(config=tf.ConfigProto(), graph=tf.Graph()) as sess:",
            "with tf.Graph().as_default() as graph:",
        ),
    ],
)
def test_the_graph_gets_a_name(around: str, expected: str):
    body = body_of(wrapped(export(around=around)))
    assert expected in body
    assert f"save_graph({'g' if ' as g' in expected and 'graph:' not in expected else 'graph'}, path" in body
    assert "Session" not in body


def test_a_graph_that_has_a_name_is_entered_by_it():
    code = export(around="with tf.Session(graph=g) as sess:").replace(
        "    with tf.Session(graph=g)", "    g = tf.Graph()\n    with tf.Session(graph=g)"
    )
    body = body_of(wrapped(code))
    assert "with g.as_default():" in body
    assert "save_graph(g, path" in body


def test_sessions_of_a_name_are_told_apart_by_their_blocks():
    code = (
        export() + "    with tf.Graph().as_default(), tf.Session() as sess:\n        print(sess.run(tf.constant(1)))\n"
    )
    body = body_of(wrapped(code))
    assert "print(sess.run(tf.constant(1)))" in body
    assert body.count("tf.Session()") == 1


def test_the_graph_of_a_tensor_is_the_default_one():
    code = export(IMPORT, around="if path:") + "    with tf.Session(graph=y.graph) as sess:\n        " + SAVE
    assert "tf.Session" not in body_of(wrapped(code))


@pytest.mark.parametrize(
    "line",
    [
        "sess.run(tf.global_variables_initializer())\n",
        "init = tf.tables_initializer()\nsess.run(init)\n",
        "sess.close()\n",
    ],
)
def test_what_does_nothing_without_variables_goes(line: str):
    body = body_of(wrapped(export(IMPORT + line + SAVE)))
    assert "sess" not in body
    assert "initializer" not in body


def test_the_graph_of_the_session_is_the_one_that_is_saved():
    code = export("g = sess.graph\n" + IMPORT + SAVE.replace("path", "str(len(sess.graph.get_operations()))"))
    body = body_of(wrapped(code))
    assert "g = graph\n" in body
    assert "len(graph.get_operations())" in body


def test_a_session_that_is_run_stays():
    body = body_of(wrapped(export(IMPORT + "print(sess.run(y, {x: [1.]}))\n" + SAVE)))
    assert "tf.Session() as sess" in body
    assert "save_graph(sess.graph, path" in body


def test_a_session_that_is_assigned_needs_its_graph_around_the_export():
    made = "sess = tf.Session()\nwith sess.as_default():\n"
    code = export(IMPORT + made + "    " + SAVE + "sess.close()\n", around="with tf.Graph().as_default() as g:")
    body = body_of(wrapped(code))
    assert "Session" not in body
    assert "with g.as_default():\n            save_graph(g, path" in body
    outside = (
        export(IMPORT, around="with tf.Graph().as_default() as g:") + "    sess = tf.Session(graph=g)\n    " + SAVE
    )
    assert "not the default one" in why_not(outside)


@pytest.mark.parametrize("graph", ["path.graph", "other", "tf.Graph()"])
def test_the_default_graph_at_the_export_is_that_of_the_session(graph: str):
    code = export(IMPORT + f"with {graph}.as_default():\n    {SAVE}")
    assert "another graph may be the default one" in why_not(code)
    assert "Session" not in body_of(wrapped(export(IMPORT + f"with sess.graph.as_default():\n    {SAVE}")))
