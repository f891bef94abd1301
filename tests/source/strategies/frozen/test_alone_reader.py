"""Tests of which graphs are surely not run, and of code that TF2 takes otherwise."""

from __future__ import annotations

import pytest
from checks import rewrite
from frozen_scripts import frozen

from migrate.results import Level

GRAPH = """
def load(path):
    graph = tf.Graph()
    with graph.as_default():
        parse
        tf.import_graph_def(graph_def, name='')
        {inside}
    x = graph.get_tensor_by_name('x:0')
    {after}
    return graph
"""


def told(inside: str = "pass", after: str = "pass", more: str = "") -> str:
    """The first site's rule, or why it is not TFM211."""
    (site, *_) = rewrite(frozen(GRAPH.replace("{inside}", inside).replace("{after}", after) + more)).sites
    if site.rule == "TFM211":
        return site.rule
    assert site.level is not Level.WRAPPED
    return next(one.reason for one in site.refusals if one.strategy == "graph_alone")


@pytest.mark.parametrize(
    ("inside", "after", "reason"),
    [
        ("pass", "return {x: 1}", "keys"),
        ("pass", "print(x in [1])", "keys"),
        ("pass", "return x.shape[0].value", "value"),
        ("pass", "return tf.nn.relu(x)", "ops are added"),
        ("v = tf.get_variable('v', [2])", "pass", "more than a plain op"),
        ("tf.train.Saver().save(None, path)", "pass", "a session may run"),
        ("pass", "tf.get_default_session().run(x)", "a session may run"),
        ("pass", "x.eval()", "a session may run"),
    ],
)
def test_what_tf2_does_otherwise_is_refused(inside: str, after: str, reason: str):
    assert reason in told(inside, after)


@pytest.mark.parametrize(
    ("inside", "after"),
    [
        ("y = tf.nn.relu(graph.get_tensor_by_name('x:0'))", "pass"),
        ("pass", "outputs = [graph.get_tensor_by_name(n) for n in names]; first = outputs[0]"),
        ("pass", "print(len(graph.as_graph_def().node), x.shape)"),
        ("pass", "print([n.attr['value'].value for n in graph_def.node])"),
        ("pass", "subprocess.run(['ls'])"),
    ],
)
def test_what_it_does_alike_stays(inside: str, after: str):
    assert told(inside, after, "\nimport subprocess\n") == "TFM211"


@pytest.mark.parametrize(
    "session",
    [
        "sess = tf.Session(graph=app.graph)",
        "with tf.Session(graph=load('a.pb')) as sess:\n    print(sess.run('y:0'), sess.graph_def)",
    ],
)
def test_a_session_that_may_run_it_is_refused(session: str):
    assert told(more=f"\nimport app\n{session}\n") != "TFM211"


def test_the_graph_of_a_caller_elsewhere_is_entered_as_before():
    code = "def read(graph, names):\n    parse\n    with graph.as_default():\n"
    code += (
        "        return_elements = tf.import_graph_def(graph_def, return_elements=names)\n    return return_elements\n"
    )
    (site,) = rewrite(frozen(code)).sites
    assert site.rule == "TFM211"


@pytest.mark.parametrize(
    "header",
    ["def read(sess):\n    parse\n    with sess.graph.as_default():\n", "def read(path):\n    parse\n    if 1:\n"],
)
def test_the_graph_of_a_session_elsewhere_and_the_default_one_are_refused(header: str):
    (site,) = rewrite(frozen(header + "        tf.import_graph_def(graph_def)\n")).sites
    assert site.level is Level.BRIDGED
