"""Exports of graphs without variables, and what the rewriter makes of them."""

from __future__ import annotations

import ast
from textwrap import indent

from checks import rewrite

from migrate.results import Level, Result

HEAD = "import tensorflow as tf\n\n"
IMPORT = "x, y = tf.import_graph_def(graph_def, return_elements=['x:0', 'y:0'])\n"
SAVE = "tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})\n"
OTHER = """
def train():
    x = tf.placeholder(tf.float32, [None])
    with tf.Session() as sess:
        return sess.run(x * 2, {x: [1.0]})
"""


def export(body: str = IMPORT + SAVE, around: str = "with tf.Graph().as_default(), tf.Session() as sess:") -> str:
    """A function that exports in a block, below one that has another session."""
    return HEAD + OTHER + f"\ndef export(graph_def, path):\n    {around}\n" + indent(body, " " * 8)


def wrapped(code: str) -> Result:
    """The result for code whose exports all become wrapped by this strategy."""
    result = rewrite(code)
    said = [
        [refusal.reason for refusal in site.refusals if refusal.strategy == "imported_graph"] for site in result.sites
    ]
    assert {(site.rule, site.level) for site in result.sites} == {("TFM210", Level.WRAPPED)}, said
    return result


def body_of(result: Result, name: str = "export") -> str:
    """The new text of a function."""
    functions = [node for node in ast.walk(ast.parse(result.after)) if isinstance(node, ast.FunctionDef)]
    return ast.unparse(next(node for node in functions if node.name == name))


def why_not(code: str) -> str:
    """Why this strategy leaves the first export of some code to the bridge."""
    result = rewrite(code)
    assert all(site.rule != "TFM210" for site in result.sites)
    return [one.reason for one in result.sites[-1].refusals if one.strategy == "imported_graph"][-1]
