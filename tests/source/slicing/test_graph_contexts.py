"""Which graph a statement adds to."""

from __future__ import annotations

import ast

from checks import kinds

from migrate.source.slicing.graph_contexts import graph_context


def test_graphs_are_told_apart():
    code = """\
        import tensorflow as tf
        a()
        with tf.Graph().as_default():
          b()
          with tf.name_scope('s'):
            c()
        with tf.Graph().as_default():
          d()
        g = tf.Graph()
        with g.as_default():
          e()
        with tf.Session(graph=g) as s:
          f()
        with tf.get_default_graph().as_default():
          h()
    """
    found = kinds(code)
    context = {
        ast.unparse(step.node)[0]: graph_context(step, found)
        for step in found.region.steps
        if isinstance(step.node, ast.Expr)
    }
    assert context["a"] is None
    assert context["b"] is context["c"]
    assert context["b"] is not context["d"]
    assert context["e"] is context["f"] is not None
    assert context["h"] is None
