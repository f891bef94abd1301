"""Which sessions and graphs are read."""

from __future__ import annotations

from textwrap import indent

import pytest
from checks import rewrite
from imported_scripts import HEAD, IMPORT, OTHER, SAVE, body_of, export, why_not, wrapped

MAKER = """
def load(graph_def):
    graph_def.ParseFromString(b'')
    with tf.Graph().as_default() as graph:
        x, y = tf.import_graph_def(graph_def, return_elements=['x:0', 'y:0'])
    return {}
"""


def made(returned: str, taken: str, lines: str = "") -> str:
    """An export of a graph that a function makes."""
    code = f"def export(graph_def, path):\n    {taken} = load(graph_def)\n    with tf.Session(graph=g) as sess:\n"
    return HEAD + OTHER + MAKER.format(returned) + f"\n{code}{lines}        {SAVE}"


@pytest.mark.parametrize(
    ("returned", "taken", "lines"),
    [
        ("graph", "g", "        x, y = g.get_tensor_by_name('x:0'), g.get_tensor_by_name('y:0')\n"),
        ("x, y, graph", "x, y, g", ""),
    ],
)
def test_a_function_of_the_file_makes_the_graph(returned: str, taken: str, lines: str):
    result = wrapped(made(returned, taken, lines))
    assert "with g.as_default():" in body_of(result)
    assert len(result.sites) == 2


def test_what_it_puts_there_counts():
    code = made("graph, x, y", "g, x, y").replace("graph_def.ParseFromString", "tf.get_variable")
    assert "tf.get_variable may put variables" in why_not(code)


def test_other_functions_may_make_anything():
    assert "is made elsewhere" in why_not(made("graph_def, x, y", "g, x, y"))
    assert "is made elsewhere" in why_not(made("graph, x, y", "g, x, y").replace("= load(", "= graph_def.load("))


@pytest.mark.parametrize(
    ("body", "around", "reason"),
    [
        (IMPORT + SAVE, "with path.graph.as_default(), tf.Session() as sess:", "is made elsewhere"),
        (IMPORT + SAVE, "with tf.Session(graph=path) as sess:", "is made elsewhere"),
        (IMPORT + SAVE, "for sess in path:", "comes from elsewhere"),
        (IMPORT + "path(g)\n" + SAVE, "with tf.Graph().as_default() as g, tf.Session() as sess:", "to other code"),
        (IMPORT + SAVE, "with tf.Graph().as_default(), tf.Session('grpc://x') as sess:", "unusual way"),
    ],
)
def test_other_sessions_and_graphs_stay(body: str, around: str, reason: str):
    assert reason in why_not(export(body, around=around))


INSIDE = """\
with tf.Session() as sess:
    print('beside it')
    with tf.Graph().as_default() as graph:
        x, y = tf.import_graph_def(graph_def, return_elements=['x:0', 'y:0'])
        tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})
"""


def test_a_graph_in_the_block_of_a_session_of_another():
    # TensorFlow 1 writes the default graph; without variables, the session gives it nothing.
    body = body_of(wrapped(HEAD + "def export(graph_def, path):\n" + indent(INSIDE, "    ")))
    assert "Session" not in body
    assert "(graph, path, " in body


def test_what_is_of_the_session_is_not_of_that_graph():
    code = INSIDE.replace("{'x': x}", "{'x': sess.graph.get_tensor_by_name('x:0')}")
    assert "another graph" in why_not(HEAD + "def export(graph_def, path):\n" + indent(code, "    "))


def test_a_saved_model_may_have_variables():
    body = "with tf.Session(graph=tf.Graph()) as sess:\n    tf.saved_model.loader.load(sess, ['serve'], path)\n"
    body += "    " + IMPORT + "    " + SAVE
    result = rewrite(HEAD + "def export(graph_def, path):\n" + indent(body, "    "))
    assert {site.rule for site in result.sites}.isdisjoint({"TFM210"})
