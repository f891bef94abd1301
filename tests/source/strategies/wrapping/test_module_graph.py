"""Graphs that a module builds and a function of it exports."""

from __future__ import annotations

import ast

import pytest
from wrapping_code import why_not, wrapped

NET = """\
import tensorflow as tf
from nets import net

def double(t):
    return t * 2

"""
GRAPH = """\
x = tf.placeholder(tf.float32, [None, 3], name='x')
out = double(net(x))
saver = tf.train.Saver()
"""
EXPORT = """
def export(path):
    with tf.Session() as sess:
        saver.restore(sess, path)
        tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': out, 'z': tf.identity(x)})

"""
RUN = "export('a.ckpt')\n"


def module_body(after: str) -> str:
    return "\n".join(
        ast.unparse(node) for node in ast.parse(after).body if not isinstance(node, (ast.ClassDef, ast.ImportFrom))
    )


def test_both_get_the_same_graph():
    after = module_body(wrapped(NET + GRAPH + EXPORT + RUN).after)
    assert "tf.compat.v1.disable_control_flow_v2()\ngraph = tf.Graph()\nwith graph.as_default():\n    x = tf." in after
    assert "    saver = tf.compat.v1.train.Saver()\n" in after
    assert "def export(path):\n    with graph.as_default():\n        wrapped = WrappedGraph()\n" in after
    assert after.count("tf.Graph()") == 1


def test_a_function_between_its_parts_stays_where_it_is():
    lines = GRAPH.replace("out =", "def triple(t):\n    return t * 3\n\nout =").replace("double", "triple")
    after = module_body(wrapped(NET + lines + EXPORT + RUN).after)
    assert after.count("with graph.as_default():") == 3
    assert "\ndef triple(t):\n" in after


def test_a_graph_that_has_a_name_already():
    lines = "g = tf.Graph()\nwith g.as_default():\n" + "".join(f"    {line}\n" for line in GRAPH.splitlines())
    after = module_body(wrapped(NET + lines + EXPORT.replace("Session()", "Session(graph=g)") + RUN).after)
    assert "tf.compat.v1.disable_control_flow_v2()\ng = tf.Graph()\nwith g.as_default():\n" in after
    assert "    with g.as_default():\n        wrapped = WrappedGraph()" in after


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (NET + GRAPH + EXPORT + RUN + "more = net(x)\n", "builds more of the graph after"),
        (NET + GRAPH.replace("net(x)", "tf.py_func(len, [x], tf.float32)") + EXPORT + RUN, "runs Python code"),
        (NET.replace("t * 2", "tf.contrib.x(t)") + GRAPH + EXPORT + RUN, "tf.contrib"),
        (
            NET + EXPORT.replace("saver", "tf.train.Saver()").replace("tf.identity(x)", "out") + RUN,
            "built somewhere else",
        ),
    ],
)
def test_what_it_builds_must_be_seen(code: str, reason: str):
    assert reason in why_not(code)


def test_a_graph_with_a_name_must_have_all_of_it():
    lines = (
        "g = tf.Graph()\nwith g.as_default():\n    x = tf.placeholder(tf.float32, [1])\n    saver = tf.train.Saver()\n"
    )
    code = NET + lines + "out = net(x)\n" + EXPORT.replace("Session()", "Session(graph=g)") + RUN
    assert "builds a graph outside of g" in why_not(code)


def test_the_session_may_come_before_the_graph():
    code = NET + "def export():\n    sess = tf.Session()\n"
    code += "".join(f"    {line}\n" for line in GRAPH.splitlines())
    code += "    saver.restore(sess, 'a')\n    tf.saved_model.simple_save(sess, 'out', {'x': x}, dict(out))\n"
    assert "disable_control_flow_v2()\n        wrapped = WrappedGraph()\n        x = " in wrapped(code).after


def test_the_function_may_come_first():
    main = "def main():\n    export('a.ckpt')\n\n"
    after = module_body(wrapped(NET + EXPORT + main + GRAPH + "main()\n").after)
    assert after.index("def export(path):\n    with graph.as_default():") < after.index("graph = tf.Graph()")
    assert "    saver = tf.compat.v1.train.Saver()\nmain()" in after
    assert "made outside of the function" in why_not(NET + EXPORT + main + "main()\n" + GRAPH)


def test_operators_on_its_tensors_are_parts_of_it():
    graph = GRAPH + "other = x\n\ndef triple(t):\n    return t * 3\n\ntwice = other * 2\ncount = 2 * 3\n"
    export = EXPORT.replace("    with", "    part = twice[0]\n    with").replace("tf.identity(x)", "part")
    after = module_body(wrapped(NET + graph + export + RUN).after)
    assert "with graph.as_default():\n    twice = other * 2\ncount = 2 * 3\n" in after
    assert "    with graph.as_default():\n        part = twice[0]\n        wrapped = WrappedGraph()" in after
