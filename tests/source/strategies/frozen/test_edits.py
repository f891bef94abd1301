"""Tests of how sessions of a frozen graph become calls."""

from __future__ import annotations

import pytest
from frozen_scripts import check, reason, rewritten

NEW = """
graph_def = tf.compat.v1.GraphDef()
with open('m.pb', 'rb') as f:
    graph_def.ParseFromString(f.read())
"""
GRAPH = """
graph = tf.Graph()
with graph.as_default():
    parse
    tf.import_graph_def(graph_def, name='')
"""
SESSION = GRAPH + "sess = tf.Session(graph=graph)\n"


def test_the_session_of_a_with_statement_goes():
    check(
        GRAPH + "with tf.Session(graph=graph) as sess:\n    # Now.\n    y = sess.run('y:0', {'x:0': 1})  # here\n",
        NEW + "graph = FrozenGraph(graph_def, name='')\n# Now.\ny = graph('y:0', {'x:0': 1})  # here\n",
    )


def test_the_default_graph_gets_a_variable():
    after = rewritten("parse\ntf.import_graph_def(graph_def)\nwith tf.Session() as s:\n    s.run('import/y:0')\n")
    assert after.endswith("graph = FrozenGraph(graph_def)\ngraph('import/y:0')")


def test_tensors_are_fed_by_name_wherever_the_feed_is_made():
    after = rewritten(
        SESSION + "x = graph.get_tensor_by_name('x:0')\nfeed = {x: 1}\nfeed[graph.get_tensor_by_name('k:0')] = 2\n"
        "print(sess.run('y:0', feed_dict=feed))\n"
    )
    assert "feed = {x.name: 1}" in after
    assert "feed['k:0'] = 2" in after
    assert "print(graph('y:0', feed_dict=feed))" in after


def test_sessions_that_are_passed_on_become_the_graph():
    after = rewritten(
        GRAPH + "def go(sess, v):\n    return sess.run('y:0', {'x:0': v})\n\ngo(tf.Session(graph=graph), 2)\n"
    )
    assert "return sess('y:0', {'x:0': v})" in after
    assert "go(graph, 2)" in after


def test_attributes_of_a_class():
    after = rewritten("""
    class A(object):
        def __init__(self):
            self.graph = tf.Graph()
            with self.graph.as_default():
                parse
                tf.import_graph_def(graph_def)
            self.sess = tf.Session(graph=self.graph)

        def f(self):
            return self.sess.run('import/y:0')
    """)
    assert "self.sess" not in after
    assert "return self.graph('import/y:0')" in after


def test_a_session_that_is_made_later_keeps_its_variable():
    after = rewritten("""
    def load():
        graph = tf.Graph()
        with graph.as_default():
            parse
            tf.import_graph_def(graph_def)
        return graph

    class A(object):
        def __init__(self):
            self.graph, self.sess = load(), None

        def f(self):
            if self.sess is None:
                self.sess = tf.Session(graph=self.graph)
            return self.sess.run('import/y:0')
    """)
    assert "self.sess = self.graph" in after
    assert "return self.sess('import/y:0')" in after


def test_two_graphs_in_one_variable_are_not_mixed_up():
    after = rewritten("""
    def load(path):
        graph = tf.Graph()
        with graph.as_default():
            parse
            tf.import_graph_def(graph_def)
        return graph

    g = load('a')
    one = tf.Session(graph=g)
    g = load('b')
    two = tf.Session(graph=g)
    print(one.run('import/y:0'), two.run('import/y:0'))
    """)
    assert "one = g\n" in after
    assert "print(one('import/y:0'), two('import/y:0'))" in after


def test_ops_behind_the_graph_stay_in_its_context():
    after = rewritten(
        SESSION + "with graph.as_default():\n    best = tf.argmax(graph.get_tensor_by_name('y:0'), 1)\n"
        "print(sess.run(best))\n"
    )
    assert "with graph.as_default():\n    best = tf.argmax(" in after
    assert "print(graph(best))" in after


def test_what_return_elements_names():
    after = rewritten(
        "parse\nx, y = tf.import_graph_def(graph_def, return_elements=['x:0', 'y:0'])\n"
        "with tf.Session() as sess:\n    print(sess.run(y, {x: 1}))\n"
    )
    assert "graph = FrozenGraph(graph_def, ['x:0', 'y:0'])\nx, y = graph.elements" in after
    assert "print(graph(y, {x.name: 1}))" in after


def test_settings_and_initializers_go_with_the_session():
    after = rewritten(
        GRAPH + "config = tf.ConfigProto()\nconfig.gpu_options.allow_growth = True\n"
        "with tf.Session(graph=graph, config=config) as sess:\n    init = tf.global_variables_initializer()\n"
        "    sess.run(init)\n    print(sess.run('y:0'))\n"
    )
    assert "config" not in after
    assert "init" not in after
    assert after.endswith("print(graph('y:0'))")


def test_evaluating_a_tensor():
    after = rewritten(
        GRAPH
        + "with tf.Session(graph=graph):\n    y = graph.get_tensor_by_name('y:0')\n    print(y.eval({'x:0': 1}))\n"
    )
    assert "print(graph(y, {'x:0': 1}))" in after


def test_a_graph_that_has_no_name_leaves_the_sessions():
    after = rewritten("""
    def load():
        with tf.Graph().as_default() as graph:
            parse
            tf.import_graph_def(graph_def)
        return graph

    with tf.Session(graph=load()) as sess:
        # Now.
        print(sess.run('import/y:0'))
    """)
    assert "\n# Now.\nsess = load()\nprint(sess('import/y:0'))" in after


def test_deleted_sessions_keep_their_variable():
    assert "sess = graph\n" in rewritten(SESSION + "print(sess.run('y:0'))\ndel sess\n")


@pytest.mark.parametrize(
    ("code", "part"),
    [
        (SESSION + "print(sess)", "session is used for something else"),
        (SESSION + "tf.train.Saver().restore(sess, 'x')", "used for something else"),
        (SESSION + "sess.run('y:0', options=1)", "options"),
        (SESSION + "def f(x):\n    return sess.run('y:0', {x: 1})", "a tensor or its name"),
        (SESSION + "def f(sess):\n    return sess.run('y:0')", "where a session comes from"),
        (
            SESSION + "with tf.name_scope('n'):\n    y = tf.abs(graph.get_tensor_by_name('y:0'))\nsess.run(y)",
            "tf.name_scope",
        ),
        (SESSION + "print(sess.run(tf.abs(graph.get_tensor_by_name('y:0'))))", "ops are added"),
        (SESSION + "y = graph.get_tensor_by_name('y:0')\ny += 1\nsess.run(y)", "changed in place"),
        (SESSION + "y = tf.layers.dense(graph.get_tensor_by_name('y:0'), 1)\nsess.run(y)", "more than a plain op"),
        (
            SESSION
            + "x = graph.get_tensor_by_name('x:0')\nd = {k: 1 for k in (x, 'y:0')}\nf(lambda d: sess.run('y:0', d))",
            "a tensor or its name",
        ),
        (SESSION + "v = tf.Variable(1)\nsess.run('y:0')", "ops are added"),
        (SESSION + "tf.summary.FileWriter('d', graph)\nsess.run('y:0')", "graph is used for something else"),
        ("parse\ntf.import_graph_def(graph_def, input_map={'x': y})\ntf.Session().run('y:0')", "other tensors"),
        (
            "parse\ntf.import_graph_def(graph_def, name='a')\ntf.import_graph_def(graph_def)\ntf.Session().run('y:0')",
            "two GraphDefs",
        ),
        ("for i in a:\n    parse\n    tf.import_graph_def(graph_def)\ntf.Session().run('y:0')", "in a loop"),
        (
            "if a:\n    parse\n    tf.import_graph_def(graph_def)\nelse:\n    build()\ntf.Session().run('y:0')",
            "in another way",
        ),
        (
            "def f(graph):\n    with graph.as_default():\n        parse\n        tf.import_graph_def(graph_def)",
            "not in this file",
        ),
        ("def load():\n    parse\n    tf.import_graph_def(graph_def)", "not in this file"),
    ],
)
def test_left_alone(code: str, part: str):
    assert part in reason(code)
