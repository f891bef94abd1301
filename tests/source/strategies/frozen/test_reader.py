"""Tests of which frozen graph is which, and where it lives."""

from __future__ import annotations

import ast

import pytest
from frozen_scripts import frozen

from migrate.settings import Settings
from migrate.source.loaded.places import Attribute
from migrate.source.strategies.frozen.reader import FrozenCode
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView


def read(code: str) -> FrozenCode:
    text = frozen(code)
    return FrozenCode(ModuleView(text, ast.parse(text), "-", Settings()))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (
            "g = tf.Graph()\nwith g.as_default():\n    parse\n    tf.import_graph_def(graph_def)\ntf.Session(graph=g)",
            "g",
        ),
        ("with tf.Graph().as_default() as g:\n    parse\n    tf.import_graph_def(graph_def)\ntf.Session(graph=g)", "g"),
        ("parse\ntf.import_graph_def(graph_def)\ns = tf.Session()", "graph"),
        ("graph = 1\nparse\ntf.import_graph_def(graph_def)\ns = tf.Session()", "frozen_graph"),
        ("parse\ntf.import_graph_def(graph_def)\ns = tf.Session()\nmine = s.graph", "mine"),
    ],
)
def test_the_variable_of_a_graph(code: str, name: str):
    (graph,) = read(code).graphs
    assert graph.home is not None
    assert graph.home.place.name == name


def test_a_class_that_only_shares_its_session_keeps_the_graph_there():
    (graph,) = read("""
    class A:
        def __init__(self):
            self.s = tf.Session()
            self.load()

        def load(self):
            parse
            tf.import_graph_def(graph_def)
    """).graphs
    assert graph.home is not None
    assert isinstance(graph.home.place, Attribute)
    assert graph.home.place.name == "s"


def test_a_helper_returns_what_it_put_into_the_default_graph():
    code = "def load():\n    parse\n    tf.import_graph_def(graph_def)\n\ndef go():\n    load()\n    tf.Session().run('y:0')"
    (graph,) = read(code).graphs
    assert graph.home is not None
    assert graph.home.returned_by is graph.function


def test_sessions_go_to_their_graphs():
    code = read("""
    a = tf.Graph()
    with a.as_default():
        parse
        tf.import_graph_def(graph_def)
    one = tf.Session(graph=a)
    with a.as_default():
        two = tf.Session()
    three = tf.Session()
    """)
    (graph,) = code.graphs
    assert len(graph.sessions) == 2
    assert len(code.other_sessions) == 1


@pytest.mark.parametrize(
    ("code", "part"),
    [
        (
            "def load():\n    parse\n    tf.import_graph_def(graph_def)\n    x = 1\nload()\ntf.Session()",
            "run in another",
        ),
        (
            "def f(g):\n    with g.as_default():\n        parse\n        tf.import_graph_def(graph_def)",
            "not in this file",
        ),
        ("class A:\n    parse\n    tf.import_graph_def(graph_def)\n    s = tf.Session()", "body of a class"),
    ],
)
def test_what_is_not_sure(code: str, part: str):
    with pytest.raises(Unprovable, match=part):
        read(code)
