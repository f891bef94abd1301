"""Scripts that restore a graph and export it, for the tests of their rewriting."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

import pytest

from migrate.engine import rewrite_source
from migrate.results import Level
from migrate.settings import Settings
from migrate.source.candidates import EXPORTS
from migrate.source.strategies.restored.graph import plan_restored_graph
from migrate.source.unprovable import Inapplicable, Unprovable
from migrate.source.view import ModuleView

RESTORE = "saver.restore(sess, 'c')\n"
TENSORS = "x = graph.get_tensor_by_name('x:0')\ny = graph.get_tensor_by_name('y:0')\n"
SAVE = "tf.saved_model.simple_save(sess, out, {'x': x}, {'y': y})\n"


def meta_graph(body: str) -> str:
    """A script with a session, in which a body follows on the import of a MetaGraphDef."""
    return (
        "import tensorflow as tf\n"
        "with tf.Session() as sess:\n"
        "    saver = tf.train.import_meta_graph('c.meta')\n"
        "    graph = tf.get_default_graph()\n"
    ) + indent(body, "    ")


def loaded(body: str) -> str:
    """A script with a session, in which a body follows on the load of a SavedModel."""
    return (
        "import tensorflow as tf\n"
        "with tf.Session(graph=tf.Graph()) as sess:\n"
        "    graph = sess.graph\n"
        "    tf.saved_model.loader.load(sess, ['serve'], 'm')\n"
    ) + indent(body, "    ")


def rewritten(code: str) -> str:
    """What stands behind the class in the new text; every site is wrapped, and a second run changes nothing."""
    result = rewrite_source(dedent(code), "script.py")
    assert result.error is None
    assert {site.level for site in result.sites} == {Level.WRAPPED}, [site.refusals for site in result.sites]
    assert {site.rule for site in result.sites} <= {"TFM204", "TFM205"}
    assert rewrite_source(result.after, "script.py").after == result.after
    tree = ast.parse(result.after)
    assert not any(isinstance(node, ast.Attribute) and node.attr == "Session" for node in ast.walk(tree))
    (made,) = [
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in ("RestoredGraph", "LoadedGraph")
    ]
    return "\n".join(result.after.split("\n")[made.end_lineno :]).strip("\n") + "\n"


def reason(code: str) -> str:
    """Why the graph of a script is not exported with variables; what is done instead is another strategy's matter."""
    text = dedent(code)
    view = ModuleView(text, ast.parse(text), "script.py", Settings())
    for candidate in view.candidates:
        if candidate.kind in EXPORTS:
            with pytest.raises(Unprovable) as caught:
                plan_restored_graph(candidate, view)
            if not isinstance(caught.value, Inapplicable):
                return caught.value.reason
    raise AssertionError("no graph is restored")
