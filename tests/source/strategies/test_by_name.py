"""Tensors that are fetched back by name from the graph that the same function builds."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import check_native, check_not_native, rewrite
from running import check_equal

from migrate.results import Level

IMPORT = "import tensorflow as tf\n"


def script(graph: str, *, inputs: str = "get('x:0')", outputs: str = "get('y:0')", head: str = "") -> str:
    """A function that makes a graph, and exports tensors that it fetches by name."""
    lines = "".join(f"    {line}\n" for line in graph.strip().split("\n"))
    export = f"tf.saved_model.simple_save(sess, out, {{'x': {inputs}}}, {{'y': {outputs}}})"
    export = export.replace("get(", "sess.graph.get_tensor_by_name(")
    return (
        f"{IMPORT}{head}def main(out):\n{lines}    with tf.Session() as sess:\n"
        f"        sess.run(tf.global_variables_initializer())\n        {export}\n"
    )


X = "x = tf.placeholder(tf.float32, [None, 2], name='x')\n"


def test_the_site_says_so():
    (site,) = rewrite(script(X + "y = tf.add(x, 1.0, name='y')")).sites
    assert (site.rule, site.level) == ("TFM014", Level.NATIVE)
    assert site.proved == ("every tensor that is fetched by name is the one that this function gave the name",)
    assert site.signatures[0].inputs == ("x",)


@pytest.mark.parametrize(
    ("graph", "outputs", "returned"),
    [
        (X + "y = tf.add(x, 1.0, name='y')", "get('y:0')", "y"),
        (X + "net = tf.nn.softmax(x, name='scores')", "get('scores:0')", "net"),
        (X + "net = tf.nn.softmax(x, name='scores')", "get(name='scores:0')", "net"),
        (X + "net = tf.nn.softmax(x, name='scores')", "get('scores' + ':0')", "net"),
        (X + "net = tf.identity(x * 2.0, 'last')", "get('last:0')", "net"),
        (X + "with tf.name_scope('net'):\n    y = tf.add(x, 1.0, name='y')", "get('net/y:0')", "y"),
        (X + "y = tf.add(x, 1.0, name='y')", "sess.graph.get_operation_by_name('y').outputs[0]", "y"),
        (X + "y = tf.add(x, 1.0, name='y')", "tf.get_default_graph().get_tensor_by_name('y:0')", "y"),
        (
            X + "y = tf.add(x, 1.0, name='y')\nop = tf.get_default_graph().get_operation_by_name('y')",
            "op.outputs[0]",
            "y",
        ),
        (X + "y = tf.add(x, 1.0, name='y')\nother = tf.nn.relu(y, name='y_2')", "get('y:0')", "y"),
        (X + "y = tf.add(x, 1.0, name='y')\nz = tf.multiply(y, 2.0, name='layer_%d' % len(out))", "get('y:0')", "y"),
    ],
)
def test_names_stand_for_tensors(graph: str, outputs: str, returned: str):
    check_native(script(graph, outputs=outputs), f'return {{"y": {returned}}}', without=("get_tensor", "Session"))


def test_names_in_constants():
    code = script(X + "y = tf.add(x, 1.0, name=OUTPUT)", outputs="get(FETCH)", head="OUTPUT = 'y'\nFETCH = 'y:0'\n")
    check_native(code, 'return {"y": y}')


@pytest.mark.parametrize(
    ("graph", "reason"),
    [
        (X + "y = tf.add(x, 1.0, name='y')\nz = tf.add(x, 2.0, name='y')", "more than one op"),
        (X + "y = tf.add(x, 1.0, name='y')\nz = tf.add(x, 2.0, name='Y')", "more than one op"),
        (X + "w = tf.Variable(1.0, name='y')\ny = tf.add(x, 1.0, name='y')", "more than one op"),
        (X + "with tf.name_scope('y'):\n    z = x + 1.0\ny = tf.add(x, z, name='y')", "more than one op"),
        (X + "y = x + 1.0", "nothing in this file is surely called 'y'"),
        (X + "y = tf.add(x, 1.0, name='y')\ny = y * 2.0", "'y' is something else there"),
        (X + "y = tf.nn.top_k(x, 2, name='y')", "may give it to other ops"),
        (X + "y = tf.nn.dropout(x, 0.5, name='y')", "may give it to other ops"),
        (X + "z = tf.nn.relu(tf.add(x, 1.0, name='y'))", "made inside of other code"),
        (X + "for i in range(2):\n    y = tf.add(x, 1.0, name='y')", "in a loop"),
        (X + "z = tf.add(x, 2.0, name='%s' % out)\ny = tf.add(x, 1.0, name='y')", "put together (line 4)"),
        (X + "z = tf.add(x, 2.0, name='{}'.format(out))\ny = tf.add(x, 1.0, name='y')", "put together (line 4)"),
        (X + "z = tf.add(x, 2.0, **dict(name='y'))\ny = tf.add(x, 1.0, name='y')", "also said on line 4"),
        (X + "names = ['y']\nz = tf.add(x, 2.0, name=names[0])\ny = tf.add(x, 1.0, name='y')", "also said on line 4"),
        (
            X + "d = {'y': x}\nfor k in d:\n    z = tf.add(x, 1.0, name=k)\ny = tf.add(x, 1.0, name='y')",
            "also said on line 4",
        ),
        ("tf.import_graph_def(out, name='')\n" + X + "y = tf.add(x, 1.0, name='y')", "a graph from a file"),
        ("import nets\n" + X + "nets.make(x)\ny = tf.add(x, 1.0, name='y')", "nets.make (line 5) may have taken"),
    ],
)
def test_what_else_may_have_the_name(graph: str, reason: str):
    check_not_native(script(graph), "TFM101", reason)


@pytest.mark.parametrize(
    ("name", "before", "reason"),
    [
        ("add", "z = x + 1.0", "may be called 'add'"),
        ("mul", "z = x * 2.0", "may be called 'mul'"),
        ("softmax", "z = tf.nn.softmax(x)", "may be called 'softmax'"),
        ("Mean", "z = tf.reduce_mean(x) + tf.math.reduce_mean(x)", ""),
        ("Const", "z = 1.0", "may be called 'Const'"),
    ],
)
def test_ops_without_a_name_are_called_after_their_type(name: str, before: str, reason: str):
    code = script(f"{X}{before}\ny = tf.nn.relu(x, name='{name}')", outputs=f"get('{name}:0')")
    (site,) = rewrite(code).sites
    if reason:
        check_not_native(code, "TFM101", reason)
    else:
        assert site.level is Level.NATIVE


def test_a_helper_that_is_given_the_name_or_has_it_by_default():
    for helper, call in [("t, name", "x, 'y'"), ("t, name='y'", "x")]:
        head = f"def layer({helper}):\n    return tf.multiply(t, 2.0, name=name)\n"
        check_not_native(script(f"{X}z = layer({call})\ny = tf.add(x, z, name='y')", head=head), "TFM101", "also said")


def test_lines_of_what_comes_after_are_told():
    code = script(X + "y = tf.py_func(abs, [x], tf.float32)\ny = tf.add(y, 1.0, name='y')")
    site = check_not_native(code, "TFM104", "")
    assert site.level is not Level.NATIVE


@pytest.mark.slow
def test_the_numbers_are_the_same(tmp_path: Path):
    graph = """\
x = tf.placeholder(tf.float32, [None, 2], name='x')
with tf.variable_scope('net'):
    w = tf.get_variable('w', initializer=[[1.0, 2.0], [3.0, -4.0]])
    y = tf.tanh(tf.matmul(x, w), name='y')
z = tf.identity(y * 2.0, name='z')"""
    check_equal(script(graph, outputs="get('net/y:0'), 'z': get('z:0')") + "main('out')\n", tmp_path)


@pytest.mark.parametrize("made", ["['y', 'x']", "('y', 1)", "'y'"])
def test_a_list_of_names_that_nothing_reads(made: str):
    code = f"{X}names = {made}\ny = tf.add(x, 1.0, name='y')"
    assert rewrite(script(code, outputs="get('y:0')")).sites[0].level is Level.NATIVE
    check_not_native(script(f"{code}\nfreeze(names)", outputs="get('y:0')"), "TFM101", "also said")
