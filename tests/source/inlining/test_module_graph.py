"""Graphs at the top level of a script, read as if the function that exports them built them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from migrate.source.inlining.module_graph import with_module_graph
from migrate.source.inlining.text import Source
from migrate.source.unprovable import Inapplicable, Unprovable

GRAPH = "x = tf.placeholder(tf.float32, [None, 3], name='x')\ny = tf.nn.relu(x)\n"
SCRIPT = """
import itertools
import os

import numpy as np
import tensorflow as tf

{before}

def export(path):
    {docstring}# What is written.
    with tf.Session() as sess:
        tf.saved_model.simple_save(sess, path, {{'x': x}}, {{'y': y}})

{after}
if __name__ == '__main__':
    {run}
"""


def script(before: str = GRAPH, after: str = "", run: str = "export('out')", docstring: str = "") -> Source:
    """A script that builds a graph at its top level."""
    return Source(SCRIPT.format(before=before, after=after, run=run, docstring=docstring))


def moved(**parts: str) -> str:
    """The text after the graph has moved."""
    return with_module_graph(script(**parts), ("export",)).source.text


def test_the_graph_stands_at_the_head_of_the_function():
    text = moved(before=f"SIZE = 3\n\n# The input.\n{GRAPH}", docstring='"""Writes it."""\n    ')
    expected = """\
        SIZE = 3


        def export(path):
            \"\"\"Writes it.\"\"\"
            # The input.
            x = tf.placeholder(tf.float32, [None, 3], name='x')
            y = tf.nn.relu(x)

            # What is written.
            with tf.Session() as sess:
    """
    assert dedent(expected).rstrip(" ") in text


def test_loops_conditions_and_strings_keep_their_layout():
    graph = f"{GRAPH}for i in range(2):\n    y = y * 2.0\nif True:\n    y = tf.identity(y, name='''\na''')\n"
    text = moved(before=graph)
    assert (
        "    for i in range(2):\n        y = y * 2.0\n    if True:\n        y = tf.identity(y, name='''\na''')\n"
        in text
    )


def test_a_session_of_the_module_moves_along():
    text = moved(before=f"{GRAPH}session = tf.Session()\n")
    assert "    session = tf.Session()\n" in text


def test_names_that_moved_are_known():
    assert with_module_graph(script(), ("export",)).names == {"x", "y"}


@pytest.mark.parametrize("before", ["SIZE = 3\n", "saver = tf.train.Saver()\n", "FLAGS = tf.app.flags.FLAGS\n"])
def test_without_a_graph_there_is_nothing_to_move(before: str):
    with pytest.raises(Inapplicable):
        with_module_graph(script(before), ("export",))


def test_only_functions_get_a_graph():
    with pytest.raises(Inapplicable):
        with_module_graph(Source(GRAPH), ())


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"before": f"k = 2.0\n{GRAPH}z = y * k\nk = 3.0\n"}, "'k' may have another value"),
        ({"before": f"k = [2.0]\n{GRAPH}z = y * k[0]\nk.append(1)\n"}, "'k' may have another value"),
        ({"before": f"k = [2.0]\n{GRAPH}z = y * k[0]\n", "run": "k[0] = 1.0; export('out')"}, "'k' may have another"),
        ({"before": f"k = 2.0\n{GRAPH}z = y * k\n", "after": "def f():\n    global k\n    k = 1\n"}, "'k' may have"),
        ({"before": "x = tf.placeholder('float')\ntf.reset_default_graph()\ny = tf.nn.relu(x)\n"}, "graph is reset"),
        ({"after": "def f():\n    global y\n    y = 1\n"}, "a function sets names of the graph"),
        ({"after": "print(y if x is None else None)\nexport('a')\nz = tf.nn.relu(y)\n"}, "still built when the export"),
        ({"run": "print(x)"}, "other code of the module uses the graph"),
        ({"before": f"{GRAPH}z = y * np.random.rand()\ndata = np.random.rand()\n"}, "random numbers"),
        ({"before": f"ids = itertools.count()\n{GRAPH}z = y * next(ids)\n"}, "what next() gives"),
        ({"before": f"{GRAPH}z = y * float(os.environ['A'])\n"}, "os.environ, which may change"),
        ({"before": f"path = 3.0\n{GRAPH}z = y * path\n"}, "'path' is another thing in 'export'"),
        ({"before": f"{GRAPH}path = y\n"}, "'path' is another thing in 'export'"),
        ({"before": f"{GRAPH}s = tf.Session()\n", "run": "export('a'); export('b')"}, "may run several times"),
        ({"run": "pass", "after": "\n"}, None),
    ],
)
def test_what_keeps_a_graph_where_it_is(parts: dict[str, str], reason: str | None):
    if reason is None:
        assert with_module_graph(script(**parts), ("export",)).names
        return
    with pytest.raises(Unprovable, match=reason.replace("(", r"\(").replace(")", r"\)")):
        with_module_graph(script(**parts), ("export",))


def test_a_module_that_others_import_keeps_its_graph():
    text = script().text.replace("if __name__ == '__main__':\n    export('out')", "")
    with pytest.raises(Unprovable, match="other modules may use the graph"):
        with_module_graph(Source(text), ("export",))


def test_other_functions_that_read_the_graph_are_found():
    found = with_module_graph(script(after="def show():\n    print(y)\n"), ("export",))
    with pytest.raises(Unprovable, match="'y' is also used outside of 'export'"):
        found.refuse_read(found.source.text)
    with_module_graph(script(after="def show(y):\n    print(y)\n"), ("export",)).refuse_read(script(before="").text)
