"""The TF2 code that makes variables and layers."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from checks import check_native, check_not_native, script

from migrate.source.flow import Region
from migrate.source.kinds import Kinds
from migrate.source.state.names import VariableNames
from migrate.source.symbols import Symbols

HEAD = "import tensorflow as tf\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tf.Variable([1.0, 2.0, 3.0], name='w')", 'tf.Variable([1.0, 2.0, 3.0], name="w")'),
        ("tf.Variable(2.0)", 'tf.Variable(2.0, name="Variable")'),
        ("tf.Variable(2, dtype=tf.float32, name='w')", 'tf.Variable(2, dtype=tf.float32, name="w")'),
        ("tf.Variable(2.0, trainable=False, name='w')", 'tf.Variable(2.0, trainable=False, name="w")'),
        ("tf.Variable(2.0, trainable=True, name='w')", 'tf.Variable(2.0, name="w")'),
        ("tf.Variable(tf.zeros([3]), name='w')", 'tf.Variable(tf.zeros([3]), name="w")'),
        ("tf.Variable(tf.random_normal([3], stddev=0.1), name='w')", "tf.random.normal([3], stddev=0.1)"),
        ("tf.Variable(initial_value=2.0, name='w', collections=['mine'])", 'tf.Variable(2.0, name="w")'),
        ("tf.get_variable('w', initializer=2.0)", 'tf.Variable(2.0, name="w")'),
        (
            "tf.get_variable('w', initializer=tf.constant([1.0, 2.0, 3.0]))",
            'tf.Variable(tf.constant([1.0, 2.0, 3.0]), name="w")',
        ),
        (
            "tf.get_variable('w', [3], initializer=tf.zeros_initializer())",
            'tf.Variable(tf.zeros([3], tf.float32), name="w")',
        ),
        (
            "tf.get_variable('w', [3], initializer=tf.zeros_initializer)",
            'tf.Variable(tf.zeros([3], tf.float32), name="w")',
        ),
        ("tf.get_variable('w', shape=(3,), initializer=tf.ones_initializer())", "tf.ones((3,), tf.float32)"),
        ("tf.get_variable('w', 3, tf.float32, tf.ones_initializer())", "tf.ones([3], tf.float32)"),
        ("tf.get_variable('w', [3], initializer=tf.constant_initializer(0.5))", "tf.constant(0.5, tf.float32, [3])"),
        (
            "tf.get_variable('w', [3], initializer=tf.random_normal_initializer(stddev=0.5))",
            "tf.random.normal([3], 0.0, 0.5, tf.float32)",
        ),
        (
            "tf.get_variable('w', [3], initializer=tf.truncated_normal_initializer(0.0, 0.5))",
            "tf.random.truncated_normal([3], 0.0, 0.5, tf.float32)",
        ),
        (
            "tf.get_variable('w', [3], initializer=tf.random_uniform_initializer(-1.0, 1.0, seed=3))",
            "tf.random.uniform([3], -1.0, 1.0, tf.float32, seed=3)",
        ),
        ("tf.get_variable('w', [3])", "tf.keras.initializers.GlorotUniform()([3], tf.float32)"),
        ("tf.get_variable('w', [3], initializer=tf.glorot_uniform_initializer())", "GlorotUniform()([3], tf.float32)"),
        (
            "tf.get_variable('w', [3], initializer=tf.contrib.layers.xavier_initializer())",
            "GlorotUniform()([3], tf.float32)",
        ),
        (
            "tf.get_variable('w', [3], initializer=tf.contrib.layers.xavier_initializer(seed=1))",
            "GlorotUniform(seed=1)([3], tf.float32)",
        ),
        ("tf.get_variable('w', [3], trainable=False, initializer=tf.zeros_initializer())", "trainable=False"),
    ],
)
def test_variables(before: str, after: str):
    made = check_native(script(f"w = {before}", "y = x * w"))
    assert after in " ".join(made.replace("(\n", "(").split()).replace(", )", ")").replace("( ", "("), made


@pytest.mark.parametrize(
    ("variable", "rule", "reason"),
    [
        ("tf.Variable(name=pick(), initial_value=2.0)", "TFM109", "run time"),
        ("tf.get_variable('w')", "TFM109", "shape"),
        ("tf.get_variable('w', [3], initializer=mine())", "TFM1", ""),
        ("tf.get_variable('w', [3], partitioner=tf.fixed_size_partitioner(2))", "TFM109", "partitioner"),
        ("tf.get_variable('w', [3], custom_getter=getter)", "TFM109", "custom_getter"),
        ("tf.Variable(2.0, validate_shape=False)", "TFM109", "validate_shape"),
        ("tf.get_variable('w', [3], initializer=tf.uniform_unit_scaling_initializer())", "TFM109", "initializer"),
        ("tf.get_local_variable('w', [3])", "TFM109", "get_local_variable"),
    ],
)
def test_what_cannot_be_made_the_same_is_flagged(variable: str, rule: str, reason: str):
    from checks import rewrite

    (site,) = rewrite(script("def pick(): return 'w'", f"w = {variable}", "y = x * w")).sites
    assert site.reason is not None
    assert any(refusal.rule.startswith(rule) and reason in refusal.reason for refusal in site.refusals)


def test_a_custom_getter_of_the_scope_is_flagged():
    code = script(
        "def getter(g, *a, **k): return g(*a, **k)",
        "with tf.variable_scope('a', custom_getter=getter):",
        "  w = tf.get_variable('w', [3])",
        "y = x * w",
    )
    check_not_native(code, "TFM109", "custom_getter")


@pytest.mark.parametrize(
    "again",
    [
        "with tf.variable_scope('a', reuse=True):\n  v = tf.get_variable('w', [3])",
        "with tf.variable_scope('a', reuse=tf.AUTO_REUSE):\n  v = tf.get_variable('w', [3])",
        "with tf.variable_scope('a') as s:\n  s.reuse_variables()\n  v = tf.get_variable('w', [3])",
    ],
)
def test_a_variable_that_is_got_again_is_not_made_twice(again: str):
    from checks import rewrite

    first = "with tf.variable_scope('a', reuse=tf.AUTO_REUSE):\n  w = tf.get_variable('w', [3])"
    result = rewrite(script(*first.splitlines(), *again.splitlines(), "y = x * w + v"))
    assert result.after.count('name="a/w"') <= 1


def test_the_helpers_of_this_file_are_used_right():
    symbols = Symbols(ast.parse(dedent(HEAD + "w = tf.Variable(1.0)\n")))
    assert VariableNames(Kinds(Region(symbols, symbols.module))).name(symbols.tree.body[1].value) == "Variable"
