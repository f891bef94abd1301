"""Which definitions are only called where a graph has been entered."""

from __future__ import annotations

import ast

import pytest

from migrate.source.entered import entered_definitions, entered_names
from migrate.source.symbols import Symbols

NET = """\
import tensorflow as tf


def net(x, act=None):
    return x * tf.get_variable("w", [])


"""
TRAIN = """\
def train():
    with tf.Graph().as_default():
        net(1.0)
"""


@pytest.mark.parametrize(
    "code",
    [
        TRAIN,
        "with tf.Session(graph=tf.Graph()) as sess:\n    y = net(tf.placeholder(tf.float32))\n",
        "g = tf.Graph()\nwith g.as_default():\n    for n in range(2):\n        net(net(n))\n",
    ],
)
def test_called_below_a_statement_that_enters_a_graph(code: str):
    assert entered_names(NET + code) == {"net"}


@pytest.mark.parametrize(
    "code",
    [
        "",
        "net(1.0)\n",
        TRAIN + "\n\nnet(2.0)\n",
        "def train():\n    net(1.0)\n",
        "with tf.Session() as sess:\n    net(1.0)\n",
        "with net(tf.Graph()).as_default():\n    pass\n",
        "with tf.Graph().as_default():\n    made = net\nmade(1.0)\n",
        "with tf.Graph().as_default():\n    run(net)\n",
        TRAIN + "\n\nnets = [net]\n",
        TRAIN + "\n\ndef other(net):\n    net(1.0)\n",
        TRAIN + "\n\nnet = 1\n",
    ],
)
def test_called_anywhere_else(code: str):
    assert "net" not in entered_names(NET + code)


def test_one_by_another():
    code = "def block(x, make=net):\n    return make(x) + net(x)\n\n\nwith tf.Graph().as_default():\n    block(1.0)\n"
    assert entered_names(NET + code) == {"net", "block"}
    assert entered_names(NET + code + "\n\nblock(2.0)\n") == frozenset()


def test_a_class_whose_methods_are_called_there():
    made = "class Net:\n    def build(self):\n        self.y = net(1.0)\n\n\n"
    inside = "with tf.Graph().as_default():\n    one = Net()\n    one.build()\n"
    assert entered_names(NET + made + inside) == {"net", "Net"}
    outside = "with tf.Graph().as_default():\n    one = Net()\none.build()\n"
    assert entered_names(NET + made + outside) == frozenset()


def test_what_only_a_function_calls_that_is_written_anew():
    symbols = Symbols(ast.parse(NET + TRAIN))
    train = symbols.tree.body[-1]
    assert isinstance(train, ast.FunctionDef)
    assert not entered_definitions(symbols, {train})
    assert not entered_definitions(Symbols(ast.parse(NET + "net(1.0)\n")), set())


def test_what_another_calls_too():
    symbols = Symbols(ast.parse(f"{NET}{TRAIN}\n\ndef export():\n    net(tf.placeholder(tf.float32))\n"))
    net, _, export = symbols.tree.body[1:]
    assert isinstance(export, ast.FunctionDef)
    assert entered_definitions(symbols, {export}) == {net}
    assert not entered_definitions(symbols, set())
