"""Scripts whose graph code stays, and what the rewriter makes of them."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

import pytest
from checks import rewrite

from migrate.results import Level, Result
from migrate.settings import Settings
from migrate.source.strategies.wrapping.graph_code import plan_graph_code
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

HEAD = """\
import sys
import tensorflow as tf

def net(x):
    w = tf.get_variable('w', [sum(x.shape.as_list()[1:]), 2])
    return {'y': tf.matmul(x, w)}

"""
BUILD = "x = tf.placeholder(tf.float32, [None, 3])\no = net(x)\n"
INIT = "sess.run(tf.global_variables_initializer())\n"
SAVE = "tf.saved_model.simple_save(sess, 'out', {'x': x}, o)\n"


def in_session(*lines: str, build: str = BUILD) -> str:
    """A function that builds a graph, and has some lines in its session."""
    body = build + "with tf.Session() as sess:\n" + indent("".join(dedent(line) for line in lines), "    ")
    return HEAD + "def export(path=None):\n" + indent(body, "    ")


def wrapped(code: str) -> Result:
    """The result for code whose sites all become wrapped by this strategy."""
    result = rewrite(code)
    said = [[refusal.reason for refusal in site.refusals if refusal.strategy == "graph_code"] for site in result.sites]
    assert {(site.rule, site.level) for site in result.sites} == {("TFM206", Level.WRAPPED)}, said
    assert "Session(" not in result.after
    return result


def body_of(result: Result, name: str = "export") -> str:
    """The new text of a function."""
    tree = ast.parse(result.after)
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)
    return ast.unparse(function)


def why_not(code: str) -> str:
    """Why this strategy does not apply to the first site of some code."""
    result = rewrite(code)
    assert all(site.rule != "TFM206" for site in result.sites)
    said = [one.reason for one in result.sites[0].refusals if one.strategy == "graph_code"]
    if said:
        return said[0]
    # Another strategy of the same level applies.
    view = view_of(code)
    with pytest.raises(Unprovable) as found:
        plan_graph_code(view.candidates[0], view)
    return found.value.reason


def view_of(code: str) -> ModuleView:
    """A module as strategies see it."""
    return ModuleView(code, ast.parse(code), "-", Settings())
