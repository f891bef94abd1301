"""Names of ops that are those of a scope."""

from __future__ import annotations

import ast

import pytest
from checks import check_native, check_not_native, kinds, script

from migrate.source.slicing.op_names import scope_as_name, scope_of_name

SCOPED = "with tf.variable_scope('a') as scope:\n  y = tf.nn.relu(x, name=scope.name)"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (SCOPED, True),
        ("with tf.variable_scope('a') as scope:\n  y = tf.nn.relu(x, name=scope.original_name_scope)", True),
        ("with tf.variable_scope('a') as scope:\n  y = tf.nn.relu(x, name=scope.reuse)", False),
        ("with tf.variable_scope('a') as scope:\n  y = tf.get_variable(name=scope.name, shape=[1])", False),
        ("with tf.variable_scope('a') as scope:\n  y = helper(x, name=scope.name)", False),
        ("with tf.name_scope('a') as scope:\n  y = tf.nn.relu(x, name=scope)", False),
        ("scope = tf.nn.relu(x)\ny = tf.nn.relu(x, name=scope.name)", False),
        ("y = tf.nn.relu(x, name='a')", False),
    ],
)
def test_only_the_name_of_a_variable_scope_is_meant(code: str, found: bool):
    known = kinds(f"import tensorflow as tf\nx = tf.placeholder(tf.float32)\n{code}\n")
    calls = [node for step in known.region.steps for node in ast.walk(step.node) if isinstance(node, ast.Call)]
    assert any(scope_as_name(call, known) is not None for call in calls) is found


def test_the_scope_of_a_name():
    code = "import tensorflow as tf\nwith tf.name_scope('a') as scope:\n  y = tf.identity(x, name=scope)\n"
    known = kinds(code)
    names = [node for step in known.region.steps for node in ast.walk(step.node) if isinstance(node, ast.Name)]
    entered = {scope_of_name(name, known) for name in names if name.id == "scope" and name in known.region.value_of}
    assert [step.node.lineno for step in entered if step is not None] == [2]


def test_the_op_of_a_module_has_no_such_name():
    code = script(
        "with tf.variable_scope('a') as scope:",
        "  w = tf.get_variable('w', [3])",
        "  y = tf.multiply(x, w, name=scope.name)",
    )
    check_native(code, "y = tf.multiply(x, self.w)\n", 'name="a/w"')


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        ("tf.nn.xw_plus_b(x, w, b, name=scope.name)", "tf.nn.bias_add(tf.matmul(x, self.w), self.b)"),
        ("tf.reduce_sum(x, 1, name=scope.name, keep_dims=True)", "tf.reduce_sum(x, 1, keepdims=True)"),
        ("tf.log(x, name=scope.name)", "tf.math.log(x)"),
    ],
)
def test_ops_that_have_another_spelling(call: str, meant: str):
    code = script(
        "w = tf.get_variable('w', [3, 3])",
        "b = tf.get_variable('b', [3])",
        "with tf.variable_scope('a') as scope:",
        f"  y = {call}",
    )
    check_native(code, f"y = {meant}\n")


def test_a_name_that_is_read_for_more_is_still_refused():
    code = script("with tf.variable_scope('a') as scope:", "  y = x * float(len(scope.name))")
    check_not_native(code, "TFM105", "the name of a tensor (scope.name) is used")
