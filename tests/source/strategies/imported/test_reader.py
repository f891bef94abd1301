"""Which sessions and graphs are read."""

from __future__ import annotations

import pytest
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
