"""TF1 names of variables."""

from __future__ import annotations

import ast

import pytest
from checks import check_native, kinds, script

from migrate.source.kinds import VARIABLES
from migrate.source.state.names import VariableNames
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
    "under one condition": "if True:\n  tf.Variable(1.0)\n  with tf.name_scope('a'):\n    tf.Variable(1.0)\n  tf.Variable(1.0)",
    "in one try": "try:\n  tf.Variable(1.0, name='w')\n  tf.Variable(1.0, name='w')\nfinally:\n  pass",
    "deeper in a condition": "if True:\n  tf.Variable(1.0)\n  if True:\n    tf.Variable(1.0)\n  tf.Variable(1.0)",
    "a scope in a condition": "if False:\n  with tf.name_scope('a'):\n    pass\nwith tf.name_scope('a'):\n  tf.Variable(1.0)",
    "a computed name": "n = 2\ntf.Variable(1.0, name='w%d' % n)\ntf.Variable(1.0, name='w' + '2')",
    "computed scopes": "a = 'a'\nwith tf.variable_scope(a + '_1'):\n  tf.get_variable('w{}'.format(1), [1])\n  tf.Variable(1.0)",
    "names of ops that are computed": "n = int('2')\ntf.constant(1.0, name='w%d' % n)\ntf.Variable(1.0, name='w2')\ntf.Variable(1.0, name='v')",
    "a name of a scope": (
        "with tf.variable_scope('a') as s:\n  tf.get_variable('w', [1])\n  tf.constant(1.0, name=s.name)\n"
        "tf.get_variable('v', [1])\nwith tf.variable_scope('b'):\n  tf.get_variable('a', [1])\n  tf.Variable(1.0, name='a')"
    ),
    "a name scope as a name": "with tf.name_scope('a') as s:\n  tf.constant(1.0, name=s)\ntf.Variable(1.0, name='v')\ntf.Variable(1.0, name='a')",
    "the current scope": (
        "with tf.variable_scope('a'):\n  tf.get_variable('w', [1])\n"
        "  with tf.variable_scope(tf.get_variable_scope()):\n    tf.get_variable('v', [1])\n    tf.Variable(1.0)"
    ),
    "get_variable in a computed name scope": (
        "with tf.name_scope('%s' % min('b', 'c')):\n  with tf.variable_scope('a'):\n"
        "    tf.get_variable('w', [1])\n    tf.Variable(1.0, name='v')"
    ),
    "a helper's op is given a name": (
        "def f(x, name='u'):\n  return tf.identity(x, name=name)\n"
        "y = f(f(f(1.0, 'w'), name='v'))\ntf.get_variable('q', [1])\ntf.get_variable('w', [1])\ntf.get_variable('u', [1])"
    ),
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
        (SURE["under one condition"], ["Variable", "a/Variable", "Variable_1"]),
        (SURE["in one try"], ["w", "w_1"]),
        (SURE["a helper's op is given a name"], ["q", None, None]),
        (SURE["a name of a scope"], ["a/w", "v", None, None]),
        (SURE["a name scope as a name"], ["v", None]),
        (SURE["the current scope"], ["a/w", "a/v", None]),
        (SURE["get_variable in a computed name scope"], ["a/w", None]),
        (SURE["a computed name"], ["w2", "w2_1"]),
        (SURE["computed scopes"], ["a_1/w1", "a_1/Variable"]),
        (SURE["names of ops that are computed"], [None, "v"]),
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
        "if False:\n  tf.Variable(1.0)\ntf.Variable(1.0)",
        "if False:\n  tf.Variable(1.0)\nelse:\n  tf.Variable(1.0)",
        SURE["deeper in a condition"],
        "for i in range(2):\n  tf.Variable(1.0)\ntf.Variable(1.0)",
        "a = [tf.Variable(1.0) for i in range(2)]\ntf.Variable(1.0)",
        SURE["a scope in a condition"],
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


def test_what_is_made_under_a_condition_has_no_sure_name_and_leaves_none_to_others():
    code = "w = tf.Variable(1.0, name='w') if flag else tf.Variable(2.0, name='w')\n"
    code += "k = flag and tf.get_variable('k', [])\nv = tf.Variable(1.0, name='w')\nu = tf.Variable(1.0, name='u')\n"
    assert names(HEAD + code) == [None, None, None, None, "u"]


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        ("with tf.variable_scope(None, 'b'):\n  y = x + 1.0\n", "b_1"),
        ("with tf.name_scope(None, 'b'):\n  y = x + 1.0\n", "b_1"),
        ("with tf.variable_scope('b') as b:\n  y = x\nwith tf.variable_scope(b):\n  y = y + 1.0\n", "b_2"),
    ],
)
def test_a_scope_with_a_default_name_takes_it_from_later_variables(scope: str, name: str):
    check_native(script(f"{scope}v = tf.Variable(2.0, name='b')\ny = y * v"), f'name="{name}"')
