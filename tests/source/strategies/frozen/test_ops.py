"""Tests of which calls make ops beside a frozen graph."""

from __future__ import annotations

import ast

import pytest
from frozen_scripts import frozen

from migrate.settings import Settings
from migrate.source.strategies.frozen.ops import added_ops, is_initializer, makes_op
from migrate.source.strategies.frozen.reader import FrozenCode
from migrate.source.view import ModuleView


def read(code: str) -> FrozenCode:
    text = frozen("with tf.Session() as sess:\n    parse\n    tf.import_graph_def(graph_def)\n" + code)
    return FrozenCode(ModuleView(text, ast.parse(text), "-", Settings()))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("argmax", True),
        ("Variable", True),
        ("placeholder", True),
        ("Session", False),
        ("GraphDef", False),
        ("import_graph_def", False),
        ("ConfigProto", False),
        ("gfile.GFile", False),
        ("saved_model.simple_save", False),
        ("float32", False),
    ],
)
def test_makes_op(name: str, answer: bool):
    assert makes_op(name, read("")) is answer


@pytest.mark.parametrize(
    ("fetch", "answer"),
    [
        ("tf.global_variables_initializer()", True),
        ("[tf.global_variables_initializer(), tf.tables_initializer()]", True),
        ("init", True),
        ("'y:0'", False),
        ("[]", False),
        ("other", False),
    ],
)
def test_is_initializer(fetch: str, answer: bool):
    code = read(f"init = tf.local_variables_initializer()\nother = 1\nfetch({fetch})\n")
    (call,) = [
        node for _, node in code.places.nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "fetch"
    ]
    assert is_initializer(call.args[0], code.places, code.roles) is answer


def test_ops_of_tensors_count_anywhere_others_in_some_functions():
    code = read("def go():\n    tf.zeros([2])\n    return tf.abs(sess.graph.get_tensor_by_name('y:0')) * 2\n")
    assert sorted(ast.unparse(op)[:8] for op in added_ops(code, ())) == ["tf.abs(s", "tf.abs(s"]
    assert len(added_ops(code, code.places.functions)) == 3
