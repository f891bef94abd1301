"""Which helpers are read at their calls."""

from __future__ import annotations

import ast

import pytest

from migrate.source.inlining.needs import Needs
from migrate.source.symbols import Symbols

CODE = """
import tensorflow as tf

def compute(x): return tf.nn.relu(x)
def weight(n): return tf.Variable(tf.zeros([n]))
def layer(x): return x * weight(3)
def nested(x): return [weight(n) for n in x]
def export(builder, sess): builder.add_meta_graph_and_variables(sess, ['serve'])
def session(): return tf.Session()
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
     ("first", False), ("Plain", False), ("Net", True), ("Heir", True), ("mlp", True),
     ("sized", False), ("given", False)],
)  # fmt: skip
def test_needs(name: str, wanted: bool):
    tree = ast.parse(CODE)
    node = next(n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and n.name == name)
    assert Needs(Symbols(tree)).inlined(node) is wanted
