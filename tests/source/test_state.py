"""Variables and tables: their TF1 names (checked against TensorFlow itself), and the TF2 code that makes them."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from checks import check_native, check_not_native, kinds, script

from migrate.source.flow import Region
from migrate.source.kinds import VARIABLES, Kinds
from migrate.source.state import VariableNames
from migrate.source.symbols import Symbols
from migrate.source.unprovable import Unprovable

HEAD = "import tensorflow as tf\n"


def names(code: str, function: str | None = None) -> list[str | None]:
    """The names of the variables of some code in the order of the source; None where one is not known."""
    found = kinds(code, function)
    made = [
        node
        for step in found.region.steps
        for node in ast.walk(step.node)
        if isinstance(node, ast.Call) and found.symbol(node) in VARIABLES
    ]
    calls = sorted(set(made), key=lambda node: (node.lineno, node.col_offset))
    known = VariableNames(found)

    def name(call: ast.Call) -> str | None:
        try:
            return known.name(call)
        except Unprovable:
            return None

    return [name(call) for call in calls]


# What TensorFlow makes of these is asked of TensorFlow.
SURE = {
    "given": "tf.Variable(1.0, name='w')",
    "not given": "tf.Variable(1.0)",
    "not given twice": "tf.Variable(1.0)\ntf.Variable(1.0)\ntf.Variable(1.0)",
    "the same twice": "tf.Variable(1.0, name='w')\ntf.Variable(1.0, name='w')",
    "another case": "tf.Variable(1.0, name='w')\ntf.Variable(1.0, name='W')",
    "a suffix that is taken": "tf.Variable(1.0, name='w_1')\ntf.Variable(1.0, name='w')\ntf.Variable(1.0, name='w')",
    "a suffix taken later": "tf.Variable(1.0, name='w')\ntf.Variable(1.0, name='w')\ntf.Variable(1.0, name='w_1')",
    "with a slash": "tf.Variable(1.0, name='a/w')\ntf.Variable(1.0, name='a/w')",
    "a scope of the same name as a slash": "tf.Variable(1.0, name='a/w')\nwith tf.name_scope('a'):\n  tf.Variable(1.0, name='w')",
    "get_variable": "tf.get_variable('w', [1])",
    "get_variable by keyword": "tf.get_variable(name='w', shape=[1])",
    "get_variable then Variable": "tf.get_variable('w', [1])\ntf.Variable(1.0, name='w')",
    "Variable then get_variable": "tf.Variable(1.0, name='w')\ntf.get_variable('v', [1])",
    "an op took the name": "tf.constant(1.0, name='w')\ntf.Variable(1.0, name='w')",
    "a placeholder took the name": "tf.placeholder(tf.float32, name='w')\ntf.Variable(1.0, name='w')",
    "an op inside an expression": "y = tf.square(tf.constant(1.0, name='w')) + 1.0\ntf.Variable(1.0, name='w')",
    "an op in the initial value": "tf.Variable(tf.constant(1.0, name='w'), name='w')",
    "a name scope": "with tf.name_scope('a'):\n  tf.Variable(1.0, name='w')",
    "a name scope twice": "with tf.name_scope('a'):\n  tf.Variable(1.0, name='w')\nwith tf.name_scope('a'):\n  tf.Variable(1.0, name='w')",
    "a name scope and get_variable": "with tf.name_scope('a'):\n  tf.get_variable('w', [1])",
    "nested name scopes": "with tf.name_scope('a'):\n  with tf.name_scope('b'):\n    tf.Variable(1.0, name='w')\n  tf.Variable(1.0, name='w')",
    "a name scope with a name": "with tf.name_scope('a') as scope:\n  tf.Variable(1.0, name='w')",
    "a name scope kept by its name": "with tf.name_scope('a') as s:\n  tf.Variable(1.0, name='w')\nwith tf.name_scope('a/'):\n  tf.Variable(1.0, name='v')",
    "a name scope of nothing": "with tf.name_scope('a'):\n  with tf.name_scope(None):\n    tf.Variable(1.0, name='w')",
    "a variable scope": "with tf.variable_scope('a'):\n  tf.get_variable('w', [1])\n  tf.Variable(1.0, name='v')",
    "a variable scope twice": (
        "with tf.variable_scope('a'):\n  tf.get_variable('w', [1])\n  tf.Variable(1.0, name='u')\n"
        "with tf.variable_scope('a'):\n  tf.get_variable('v', [1])\n  tf.Variable(1.0, name='u')"
    ),
    "nested variable scopes": (
        "with tf.variable_scope('a'):\n  with tf.variable_scope('b'):\n    tf.get_variable('w', [1])\n"
        "    tf.Variable(1.0, name='v')\n  tf.get_variable('w', [1])"
    ),
    "a variable scope with a slash": "with tf.variable_scope('a/b'):\n  tf.get_variable('w', [1])\n  tf.Variable(1.0, name='v')",
    "both kinds of scope": "with tf.variable_scope('a'), tf.name_scope('b'):\n  tf.get_variable('w', [1])\n  tf.Variable(1.0, name='v')",
    "both kinds the other way": "with tf.name_scope('b'):\n  with tf.variable_scope('a'):\n    tf.get_variable('w', [1])\n    tf.Variable(1.0, name='v')",
    "a scope took the name": "with tf.name_scope('w'):\n  pass\ntf.Variable(1.0, name='w')",
    "a variable scope took the name": "with tf.variable_scope('w'):\n  tf.get_variable('v', [1])\ntf.Variable(1.0, name='w')",
    "a variable took a scope's name": "tf.Variable(1.0, name='a')\nwith tf.name_scope('a'):\n  tf.Variable(1.0, name='w')",
    "a graph of its own": "tf.Variable(1.0, name='w')\nwith tf.Graph().as_default():\n  tf.Variable(1.0, name='w')",
    "device is no scope": "with tf.device('/cpu:0'):\n  tf.Variable(1.0, name='w')",
    "control dependencies are no scope": "with tf.control_dependencies([]):\n  tf.Variable(1.0, name='w')",
    "several in one statement": "a, b = tf.Variable(1.0, name='w'), tf.Variable(2.0, name='w')",
    "in a list": "l = [tf.Variable(1.0), tf.Variable(2.0)]",
    "in a dictionary": "d = {'a': tf.Variable(1.0, name='w'), 'b': tf.Variable(2.0, name='w')}",
    "a name of a constant": "NAME = 'w'\ntf.Variable(1.0, name=NAME)",
    "reuse does not rename": "with tf.variable_scope('a', reuse=tf.AUTO_REUSE):\n  tf.get_variable('w', [1])",
    "a default name": "with tf.variable_scope(None, 'a'):\n  tf.get_variable('w', [1])",
    "a default name twice": "with tf.variable_scope(None, 'a'):\n  tf.get_variable('w', [1])\nwith tf.variable_scope(None, default_name='a'):\n  tf.get_variable('w', [1])",
    "a scope object": "with tf.variable_scope('a') as s:\n  tf.get_variable('w', [1])\nwith tf.variable_scope(s):\n  tf.get_variable('v', [1])",
    "an op without a name": "x = tf.constant(1.0) * 2.0\ntf.Variable(1.0, name='Const')\ntf.Variable(1.0, name='mul')",
    "an op that makes a scope": "x = tf.nn.softmax_cross_entropy_with_logits(labels=[1.0], logits=[1.0], name='w')\ntf.Variable(1.0, name='w')",
    "optimizer slots": "w = tf.Variable(1.0, name='w')\nt = tf.train.MomentumOptimizer(0.1, 0.9).minimize(w * w)\ntf.Variable(1.0, name='v')",
    "gradients": "w = tf.Variable(1.0, name='w')\ng = tf.gradients(w * w, w)\ntf.Variable(1.0, name='gradients')",
    "a helper's op took the name": "def f():\n  return tf.constant(1.0, name='w')\ny = f()\ntf.Variable(1.0, name='w')",
    "a helper's scope took the name": "def f():\n  with tf.name_scope('a'):\n    return tf.constant(1.0)\ny = f()\nwith tf.name_scope('a'):\n  tf.Variable(1.0, name='w')",
    "a loop's op took the name": "for i in range(3):\n  y = tf.constant(1.0, name='w')\ntf.Variable(1.0, name='w')",
    "a comprehension's op took the name": "y = [tf.constant(1.0, name='w') for i in range(3)]\ntf.Variable(1.0, name='w')",
    "a lambda's op took the name": "f = lambda: tf.constant(1.0, name='w')\ny = f()\ntf.Variable(1.0, name='w')",
}


@pytest.mark.tensorflow
@pytest.mark.parametrize("code", SURE.values(), ids=SURE.keys())
def test_names_are_tensorflows_or_unknown(code: str):
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()
    made: list[str] = []
    v1 = tf.compat.v1

    with tf.Graph().as_default():
        original = v1.Variable, v1.get_variable

        def recorded(function):
            def call(*args, **kwargs):
                place = len(made)
                made.append("")
                variable = function(*args, use_resource=False, **kwargs)
                made[place] = variable.op.name
                return variable

            return call

        v1.Variable, v1.get_variable = recorded(original[0]), recorded(original[1])
        try:
            exec(compile(code, "names.py", "exec"), {"tf": v1})
        finally:
            v1.Variable, v1.get_variable = original
    found = names(HEAD + code)
    assert len(found) == len(made)
    for ours, theirs in zip(found, made, strict=True):
        assert ours in (theirs, None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (SURE["given"], ["w"]),
        ("tf.Variable(1.0, True, None, True, None, 'w')", ["w"]),
        (SURE["not given twice"], ["Variable", "Variable_1", "Variable_2"]),
        (SURE["the same twice"], ["w", "w_1"]),
        (SURE["another case"], ["w", "W_1"]),
        (SURE["get_variable then Variable"], ["w", "w_1"]),
        (SURE["a placeholder took the name"], ["w_1"]),
        (SURE["a name scope twice"], ["a/w", "a_1/w"]),
        (SURE["a name scope and get_variable"], ["w"]),
        (SURE["a variable scope twice"], ["a/w", "a/u", "a/v", "a_1/u"]),
        (SURE["nested variable scopes"], ["a/b/w", "a/b/v", "a/w"]),
        (SURE["both kinds of scope"], ["a/w", "a/b/v"]),
        (SURE["in a list"], ["Variable", "Variable_1"]),
    ],
)
def test_common_names_are_known(code: str, expected: list[str]):
    assert names(HEAD + code) == expected


@pytest.mark.parametrize(
    "code",
    [
        "tf.Variable(1.0, name=pick())",
        "tf.get_variable('w%d' % n, [1])",
        "with tf.variable_scope(scope):\n  tf.get_variable('w', [1])",
        "with tf.name_scope(pick()):\n  tf.Variable(1.0, name='w')",
        "if c:\n  tf.constant(1.0, name='w')\ntf.Variable(1.0, name='w')",
        "for i in range(n):\n  tf.constant(1.0, name='w')\ntf.Variable(1.0, name='w')",
    ],
)
def test_a_name_that_is_only_known_at_run_time_is_not_guessed(code: str):
    assert names(HEAD + code)[-1] is None


def test_variables_of_another_function_do_not_count_here():
    code = HEAD + "def other():\n  tf.Variable(1.0, name='w')\ndef main():\n  tf.Variable(1.0, name='w')\n"
    assert names(code, "main") == ["w"]


def test_a_reset_of_the_graph_frees_all_names():
    code = HEAD + "tf.Variable(1.0, name='w')\ntf.reset_default_graph()\ntf.Variable(1.0, name='w')\n"
    assert names(code) == ["w", "w"]


# ---- the code that makes them ---------------------------------------------------------------------------------------


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


def test_a_scopes_default_initializer_counts():
    code = script(
        "with tf.variable_scope('a', initializer=tf.ones_initializer()):",
        "  w = tf.get_variable('w', [3])",
        "y = x * w",
    )
    check_native(code, "tf.ones([3], tf.float32)", 'name="a/w"', without=("Glorot",))


def test_the_innermost_default_initializer_counts():
    code = script(
        "with tf.variable_scope('a', initializer=tf.ones_initializer()):",
        "  with tf.variable_scope('b', initializer=tf.zeros_initializer()):",
        "    w = tf.get_variable('w', [3])",
        "y = x * w",
    )
    check_native(code, "tf.zeros([3], tf.float32)", 'name="a/b/w"')


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


# ---- tables ---------------------------------------------------------------------------------------------------------

LOOKUP = (
    "import tensorflow as tf\ns = tf.placeholder(tf.string, [None])\n{}\ni = t.lookup(s)\nwith tf.Session() as sess:\n"
    + (
        "  sess.run(tf.tables_initializer())\n  tf.saved_model.simple_save(sess, 'out', {{'s': s}}, {{'i': i}}, "
        "legacy_init_op=tf.tables_initializer())\n"
    )
)


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        (
            "t = tf.contrib.lookup.index_table_from_tensor(tf.constant(['a', 'b']))",
            ["tf.lookup.StaticHashTable", "tf.lookup.KeyValueTensorInitializer", "-1"],
        ),
        (
            "t = tf.contrib.lookup.index_table_from_tensor(['a', 'b'], num_oov_buckets=2)",
            ["tf.lookup.StaticVocabularyTable", "num_oov_buckets=2"],
        ),
        (
            "t = tf.contrib.lookup.index_table_from_file('v.txt', num_oov_buckets=1)",
            ["tf.lookup.StaticVocabularyTable", "tf.lookup.TextFileInitializer", "LINE_NUMBER"],
        ),
        ("t = tf.contrib.lookup.index_table_from_file('v.txt', default_value=7)", ["tf.lookup.StaticHashTable", "7"]),
        (
            "t = tf.contrib.lookup.HashTable(tf.contrib.lookup.KeyValueTensorInitializer(['a'], [1]), 0)",
            ["tf.lookup.StaticHashTable", "tf.lookup.KeyValueTensorInitializer"],
        ),
    ],
)
def test_tables(table: str, parts: list[str]):
    check_native(LOOKUP.format(table), "self.t = ", *parts, without=("contrib", "tables_initializer"))


@pytest.mark.parametrize(
    "table",
    [
        "t = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)",
        "t = tf.contrib.lookup.index_table_from_tensor(['a'], num_oov_buckets=count())",
        "t = tf.contrib.lookup.index_table_from_file('v.txt', vocab_size=2)",
        "t = tf.contrib.lookup.HashTable(mine(), 0)",
    ],
)
def test_tables_without_a_counterpart_are_flagged(table: str):
    check_not_native(LOOKUP.format(table), "TFM105", "")


def test_the_helpers_of_this_file_are_used_right():
    symbols = Symbols(ast.parse(dedent(HEAD + "w = tf.Variable(1.0)\n")))
    assert VariableNames(Kinds(Region(symbols, symbols.module))).name(symbols.tree.body[1].value) == "Variable"
