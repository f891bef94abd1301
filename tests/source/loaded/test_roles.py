"""Tests of what a value may be."""

from __future__ import annotations

import pytest
from loaded_code import LoadedCode

LOAD = """
def load(path):
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(parse(path), name='')
    return graph, tf.Session(graph=graph)
"""


@pytest.mark.parametrize(
    ("code", "text", "roles"),
    [
        ("g = tf.Graph()", "tf.Graph()", {"GRAPH"}),
        ("with tf.Graph().as_default() as g:\n    print(g)", "g", {"GRAPH"}),
        ("with tf.Session() as s:\n    print(s)", "s", {"SESSION"}),
        ("s = tf.Session()\nprint(s.graph)", "s.graph", {"GRAPH"}),
        ("g = tf.Graph()\nprint(g.get_tensor_by_name('x:0'))", "g.get_tensor_by_name('x:0')", {"TENSOR"}),
        ("o = tf.Graph().get_operation_by_name('x')\nprint(o.outputs[0])", "o.outputs[0]", {"TENSOR"}),
        ("t = tf.Graph().get_tensor_by_name('x:0')\nprint(t * 2)", "t * 2", {"TENSOR"}),
        ("t = tf.Graph().get_tensor_by_name('x:0')\nprint(t.name)", "t.name", {"TEXT"}),
        ("n = 'x'\nprint(n + ':0')", "n + ':0'", {"TEXT"}),
        ("y = tf.read_file('x')\nprint(y)", "y", {"OP_MADE"}),
        ("s = None\nif 1:\n    s = tf.Session()\nprint(s)", "s", {"SESSION"}),
        ("s = tf.Session()\ns = 3\nprint(s)", "s", {"SESSION", "OTHER"}),
        ("x, = tf.import_graph_def(d, return_elements=['x:0'])\nprint(x)", "x", {"TENSOR", "OPERATION"}),
        ("s = tf.Session()\ny = s.run('y:0')\nprint(y)", "y", {"OTHER"}),
    ],
)
def test_an_expression(code: str, text: str, roles: set[str]):
    assert LoadedCode(code).roles_of(text) == roles


def test_what_a_function_returns_is_told_apart_by_position():
    code = LoadedCode(LOAD + "graph, sess = load('x')\nprint(graph, sess)")
    assert code.roles_of("sess") == {"SESSION"}
    assert code.roles_of("graph") == {"GRAPH"}


def test_parameters_are_what_the_callers_give():
    code = LoadedCode(LOAD + "g, s = load('x')\ndef f(sess, n=None):\n    sess.run(n)\nf(s)")
    assert code.roles_of("sess") == {"SESSION"}


def test_parameters_of_functions_that_nobody_here_calls_may_be_anything():
    assert LoadedCode("def f(sess):\n    print(sess)").roles_of("sess") == {"OTHER"}


def test_attributes_and_properties_of_a_class_and_its_base():
    code = LoadedCode("""
    class A:
        def __init__(self):
            self._s = None
        @property
        def session(self):
            if self._s is None:
                self._s = tf.Session()
            return self._s
    class B(A):
        def f(self):
            return self.session
    """)
    assert code.roles_of("self.session") == {"SESSION"}


def test_tensors_in_containers():
    code = LoadedCode("""
    found = {}
    for key in ('a', 'b'):
        found[key] = tf.get_default_graph().get_tensor_by_name(key + ':0')
    print(found['a'])
    """)
    assert code.roles_of("found['a']") == {"TENSOR"}


def test_values_that_are_made_of_themselves_have_an_answer():
    code = LoadedCode("""
    def f(x, n):
        return f((x, x), n - 1) if n else x
    a = f(tf.Session(), 3)
    a = (a, a)[0]
    print(a)
    """)
    assert code.roles_of("a") == {"SESSION"}
