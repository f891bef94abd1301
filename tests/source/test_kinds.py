"""Kinds: Python, graph and session are told apart."""

from __future__ import annotations

import pytest
from checks import call, expression, kinds

from migrate.source.kinds import Kind

HEAD = """\
import tensorflow as tf
import numpy as np
x = tf.placeholder(tf.float32, [None, 3])
w = tf.Variable([1.0, 2.0, 3.0])
sess = tf.Session()
"""


def kind(code: str, text: str = "it") -> Kind:
    """The kind of an expression, where it is read last."""
    found = kinds(f"{HEAD}{code}\nuse({text})\n")
    return found.of(expression(found.region, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.0", Kind.PYTHON),
        ("[1, 2]", Kind.PYTHON),
        ("np.zeros(3)", Kind.PYTHON),
        ("len([1])", Kind.PYTHON),
        ("lambda: x", Kind.PYTHON),
        ("tf.float32", Kind.CONFIG),
        ("tf.FixedLenFeature([1], tf.float32)", Kind.CONFIG),
        ("tf.zeros_initializer()", Kind.CONFIG),
        ("tf.ConfigProto()", Kind.CONFIG),
        ("tf.app.flags.FLAGS", Kind.CONFIG),
        ("tf.placeholder(tf.float32)", Kind.PLACEHOLDER),
        ("tf.placeholder_with_default(1.0, [])", Kind.PLACEHOLDER),
        ("tf.sparse_placeholder(tf.float32)", Kind.PLACEHOLDER),
        ("tf.Variable(1.0)", Kind.VARIABLE),
        ("tf.get_variable('v', [1])", Kind.VARIABLE),
        ("tf.train.get_or_create_global_step()", Kind.VARIABLE),
        ("tf.contrib.lookup.index_table_from_file('v')", Kind.TABLE),
        ("tf.contrib.lookup.HashTable(i, 0)", Kind.TABLE),
        ("tf.keras.layers.Dense(3)", Kind.LAYER),
        ("tf.matmul(x, w)", Kind.TENSOR),
        ("tf.constant(1.0)", Kind.TENSOR),
        ("x * 2", Kind.TENSOR),
        ("2 * x", Kind.TENSOR),
        ("-x", Kind.TENSOR),
        ("x[0]", Kind.TENSOR),
        ("[x, 1]", Kind.TENSOR),
        ("{'a': x}", Kind.TENSOR),
        ("(1, (2, x))", Kind.TENSOR),
        ("x if c else 1", Kind.TENSOR),
        ("[x for i in range(3)]", Kind.TENSOR),
        ("{k: x for k in 'ab'}", Kind.TENSOR),
        ("x > 0", Kind.TENSOR),
        ("mystery(x)", Kind.TENSOR),
        ("w.assign([0., 0., 0.])", Kind.ASSIGN),
        ("tf.assign(w, [0., 0., 0.])", Kind.ASSIGN),
        ("w.assign_add([0., 0., 0.])", Kind.ASSIGN),
        ("tf.scatter_update(w, [0], [1.0])", Kind.ASSIGN),
        ("tf.global_variables_initializer()", Kind.INIT),
        ("tf.initialize_all_variables()", Kind.INIT),
        ("tf.tables_initializer()", Kind.INIT),
        ("tf.group(tf.global_variables_initializer(), tf.tables_initializer())", Kind.INIT),
        ("w.initializer", Kind.INIT),
        ("tf.train.AdamOptimizer()", Kind.TRAIN),
        ("tf.train.AdamOptimizer().minimize(w)", Kind.TRAIN),
        ("tf.train.Saver()", Kind.SAVER),
        ("tf.Session()", Kind.SESSION),
        ("tf.InteractiveSession()", Kind.SESSION),
        ("tf.Graph()", Kind.GRAPH),
        ("tf.get_default_graph()", Kind.GRAPH),
        ("tf.saved_model.Builder('o')", Kind.BUILDER),
        ("tf.saved_model.builder.SavedModelBuilder('o')", Kind.BUILDER),
        ("tf.saved_model.utils.build_tensor_info(x)", Kind.INFO),
        ("tf.saved_model.signature_def_utils.predict_signature_def({}, {})", Kind.SIGNATURE),
        ("{'k': tf.saved_model.predict_signature_def({}, {})}", Kind.SIGNATURE),
        ("sess.run(x)", Kind.PYTHON),
        ("x.eval()", Kind.PYTHON),
        ("x.eval(session=sess)", Kind.PYTHON),
        ("sess.graph", Kind.GRAPH),
        ("unknown_name", Kind.PYTHON),
        ("open('x').read()", Kind.PYTHON),
    ],
)
def test_kinds_of_expressions(text: str, expected: Kind):
    assert kind("c = 1", text) is expected
    assert kind(f"c = 1\nit = {text}") is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("it = x", Kind.PLACEHOLDER),
        ("a = x * 2\nit = a", Kind.TENSOR),
        ("it, other = x * 2, 3", Kind.TENSOR),
        ("other, it = x * 2, 3", Kind.PYTHON),
        ("it, other = tf.split(x, 2)", Kind.TENSOR),
        ("it = 1\nit += x", Kind.TENSOR),
        ("it = []\nit.append(x)", Kind.TENSOR),
        ("it = {}\nit['a'] = x", Kind.TENSOR),
        ("it = []\nit.append(3)", Kind.PYTHON),
        ("it = [x, x]\nit.reverse()", Kind.TENSOR),
        ("it = [3, 4]\nit.reverse()", Kind.PYTHON),
        ("if c:\n  it = x\nelse:\n  it = 3", Kind.TENSOR),
        ("if c:\n  it = 2\nelse:\n  it = 3", Kind.PYTHON),
        ("for it in [x, x]:\n  pass", Kind.TENSOR),
        ("for it in range(3):\n  pass", Kind.PYTHON),
        ("for k, it in {'a': x}.items():\n  pass", Kind.TENSOR),
        ("for it in zip([x], [x]):\n  pass", Kind.TENSOR),
        ("with tf.Session() as it:\n  pass", Kind.SESSION),
        ("with tf.Graph().as_default() as it:\n  pass", Kind.GRAPH),
        ("with open('f') as it:\n  pass", Kind.PYTHON),
        ("def it():\n  return x", Kind.PYTHON),
        ("def f(a):\n  return tf.square(a)\nit = f(2.0)", Kind.TENSOR),
        ("def f(a):\n  return g(a)\ndef g(a):\n  return tf.square(a)\nit = f(2.0)", Kind.TENSOR),
        ("def f(a):\n  return a + 1\nit = f(2.0)", Kind.PYTHON),
        ("def f(a):\n  return a + 1\nit = f(x)", Kind.TENSOR),
        ("def f(a):\n  return f(a)\nit = f(2.0)", Kind.PYTHON),
        ("import mylib\nit = mylib.net(x)", Kind.TENSOR),
        ("it = sess.run(x) + 1", Kind.PYTHON),
        ("it = x.get_shape().as_list()", Kind.TENSOR),
    ],
)
def test_kinds_of_names(code: str, expected: Kind):
    assert kind(code) is expected


@pytest.mark.parametrize(
    "code",
    [
        "it: object = x * 2",
        "a = b = x\nit = b",
        "class A: pass\nA.t = x\nit = A.t",
        "it = [[x]][0][0]",
        "it = (lambda t: t)(x)",
        "it = dict(a=x)['a']",
        "it = list(map(tf.square, [1.0]))",
        "it = np.array([x])",
        "it = '%s' % x",
        "it = f'{x}'",
        "it = w.read_value()",
        "it = w.value()",
        "it = w[0]",
        "it = x.op.name",
        "it = (yield_it := x)",
        "it = [*[x]]",
        "it = {**{'a': x}}",
        "try:\n  it = x\nexcept E:\n  it = 2",
        "while c:\n  it = x",
    ],
)
def test_what_comes_from_the_graph_is_never_plain_python(code: str):
    assert kind("c = 1\n" + code) is not Kind.PYTHON


@pytest.mark.parametrize("first", ["change", "merge"])
def test_a_list_that_grows_in_a_loop_is_of_the_graph_whoever_is_asked_first(first: str):
    found = kinds(f"{HEAD}it = []\nfor i in range(3):\n  it.append(x)\nuse(it)\n")
    merge = found.region.value_of[expression(found.region, "it")]
    (change,) = [made for step in found.region.steps for made in step.writes if made.previous is merge]
    order = [change, merge] if first == "change" else [merge, change]
    assert [found.value(value) for value in order] == [Kind.TENSOR, Kind.TENSOR]


def test_names_of_the_module_that_a_function_reads():
    found = kinds("import tensorflow as tf\nsm = tf.saved_model\nK = 3\ndef f():\n  use(sm, K)\n", "f")
    assert found.of(expression(found.region, "K")) is Kind.PYTHON
    assert found.of(expression(found.region, "sm")) is Kind.CONFIG


def test_a_parameter_is_python_as_far_as_this_function_tells():
    found = kinds("def f(p):\n  use(p)\n", "f")
    assert found.of(expression(found.region, "p")) is Kind.PYTHON


@pytest.mark.parametrize(
    ("body", "builds"),
    [
        ("return tf.square(a)", True),
        ("return a * 2", False),
        ("tf.logging.info('x')\n  return a", False),
        ("return tf.gfile.Exists(a)", False),
        ("return helper(a)", True),
        ("return tf.FixedLenFeature([1], tf.float32)", False),
        ("return {'a': tf.saved_model.utils.build_tensor_info(a)}", False),
        ("import os\n  return os.path.join(a)", False),
        ("def inner(): return tf.square(a)\n  return inner()", True),
    ],
)
def test_which_helpers_build_graph(body: str, builds: bool):
    found = kinds(f"import tensorflow as tf\ndef helper(b):\n  return tf.abs(b)\ndef f(a):\n  {body}\nuse(f(1))\n")
    function = found.region.function(call(found.region, "f").func)
    assert function is not None
    assert found.builds_graph(function) is builds
