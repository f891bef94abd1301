"""Which helpers are read at their calls."""

from __future__ import annotations

import ast

import pytest

from migrate.source.inlining.needs import ExportNeeds, Needs
from migrate.source.symbols import Symbols

CODE = """
import tensorflow as tf

def compute(x): return tf.nn.relu(x)
def weight(n): return tf.Variable(tf.zeros([n]))
def layer(x): return x * weight(3)
def nested(x): return [weight(n) for n in x]
def export(builder, sess): builder.add_meta_graph_and_variables(sess, ['serve'])
def session(): return tf.Session()
def restore(sess, path): tf.train.Saver().restore(sess, path)
def use(): return image
def first(): return second()
def second(): return first()
weights = {'h': weight(3)}
sizes = [3, 4]
def mlp(x): return x * weights['h']
def sized(x): return x * sizes[0]
def given(weights): return weights['h']
class Plain: pass
class Net:
    def build(self): self.x = tf.placeholder(tf.float32)
class Heir(Net): pass
"""


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("compute", False), ("weight", True), ("layer", True), ("nested", True), ("export", True), ("session", True),
     ("restore", True), ("use", False),
     ("first", False), ("Plain", False), ("Net", True), ("Heir", True), ("mlp", True),
     ("sized", False), ("given", False)],
)  # fmt: skip
def test_needs(name: str, wanted: bool):
    tree = ast.parse(CODE)
    assert Needs(Symbols(tree)).inlined(definition(tree, name)) is wanted


@pytest.mark.parametrize(
    ("name", "wanted"), [("weight", False), ("export", True), ("session", False), ("use", True), ("Net", False)]
)
def test_needs_of_an_export_whose_graph_moved(name: str, wanted: bool):
    tree = ast.parse(CODE)
    assert ExportNeeds(Symbols(tree), {"image"}).inlined(definition(tree, name)) is wanted


def definition(tree: ast.Module, name: str) -> ast.FunctionDef | ast.ClassDef:
    """The function or class of a name."""
    return next(n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and n.name == name)
