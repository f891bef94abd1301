"""Tests of where a graph is told that its variables are references."""

from __future__ import annotations

import ast

import pytest

from migrate.settings import Settings
from migrate.source.changes import Changes
from migrate.source.strategies.freezing.references import use_in_made, use_references
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView


def told(code: str, start: str | None) -> list[str]:
    """The statements that it is told in front of."""
    view = ModuleView(code, ast.parse(code), "script.py", Settings())
    changes = Changes()
    statements = {ast.unparse(node): node for node in ast.walk(view.tree) if isinstance(node, ast.stmt)}
    if start is None:
        use_in_made(None, view.symbols.scopes(), view, changes)
    else:
        use_references(statements[start], view.symbols.scopes(), view, changes)
    assert all("set_use_resource(False)" in text for texts in changes.above.values() for text in texts)
    return sorted(ast.unparse(node) for node in changes.above)


HEAD = "import tensorflow as tf\n"


def test_the_first_statement_of_a_with():
    assert told(HEAD + "with tf.Graph().as_default():\n    a = 1\n    b = 2\n", "a = 1") == ["a = 1"]
    assert told(HEAD + "with tf.Session() as sess:\n    a = 1\n", "a = 1") == ["a = 1"]


def test_a_graph_with_a_name_is_entered_later():
    code = HEAD + "g = tf.Graph()\nwith g.as_default():\n    a = 1\nwith tf.Session(graph=g) as s:\n    b = 2\n"
    assert told(code, "g = tf.Graph()") == ["a = 1"]


def test_a_graph_of_an_object_may_be_entered_anywhere_first():
    code = HEAD + (
        "class C:\n"
        "    def __init__(self):\n        self.g = tf.Graph()\n"
        "    def one(self):\n        with self.g.as_default():\n            a = 1\n"
        "    def two(self):\n        with self.g.as_default():\n            b = 2\n"
    )
    assert told(code, "self.g = tf.Graph()") == ["a = 1", "b = 2"]


def test_every_graph_that_functions_make():
    code = HEAD + "def f():\n    with tf.Graph().as_default():\n        a = 1\nf()\n"
    assert told(code, None) == ["a = 1"]
    assert told(code, "f()") == ["a = 1"]


@pytest.mark.parametrize("code", ["g = other()\n", "def f():\n    return tf.Graph()\ng = f()\n", "g = tf.Graph()\n"])
def test_a_graph_that_is_entered_somewhere_else(code: str):
    with pytest.raises(Unprovable, match="where the graph is entered"):
        told(HEAD + code, ast.unparse(ast.parse(code).body[-1]))
