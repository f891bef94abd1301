"""Slices: what a signature needs, and where it ends."""

from __future__ import annotations

import ast

import pytest
from checks import call, check_native, check_not_native, expression, kinds, script

from migrate.source.purity import Purity
from migrate.source.slices import (
    Cuts,
    Slice,
    Slicer,
    expression_key,
    graph_context,
    helper_functions,
    parameter_of_call,
    state_call,
)
from migrate.source.unprovable import Unprovable

HEAD = "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None])\n"


def sliced(code: str, *outputs: str, fed: tuple[str, ...] = ("x",)) -> Slice:
    """The slice of some outputs, with some expressions fed."""
    uses = "".join(f"use({text})\n" for text in (*outputs, *fed))
    found = kinds(f"{HEAD}{code}\n{uses}")
    region = found.region
    cuts = Cuts()
    for text in fed:
        key = expression_key(expression(region, text), region)
        assert key is not None
        cuts.expressions[key] = text
        made = parameter_of_call(expression(region, text), region)
        if made is not None:
            cuts.calls[made] = text
    slicer = Slicer(found, Purity(found), (), [region.steps[-1]])
    return slicer.slice([expression(region, text) for text in outputs], cuts)


def lines(found: Slice) -> list[str]:
    """The statements of a slice, in order; of compound ones the first line."""
    return [ast.unparse(step.node).splitlines()[0] for step in sorted(found.steps, key=lambda step: step.index)]


def test_only_what_an_output_needs():
    found = sliced("a = x * 2.0\nb = x * 3.0\ny = a + 1.0", "y")
    assert lines(found) == ["a = x * 2.0", "y = a + 1.0"]
    assert found.parameters == {"x"}


def test_it_ends_at_what_is_fed():
    found = sliced("h = x * 2.0\ny = h + 1.0", "y", fed=("h",))
    assert lines(found) == ["y = h + 1.0"]


def test_variables_are_state_not_steps():
    found = sliced("w = tf.Variable(1.0)\ny = x * w", "y")
    assert lines(found) == ["y = x * w"]
    assert [state.name for state in found.states] == ["w"]


def test_a_variable_inside_an_expression():
    found = sliced("y = x * tf.Variable(1.0)", "y")
    assert [ast.unparse(node) for node in found.inline_states] == ["tf.Variable(1.0)"]


def test_plain_python_is_apart():
    found = sliced("k = 2.0\ny = x * k", "y")
    assert lines(found) == ["y = x * k"]
    assert [value.name for value in found.python] == ["k"]


def test_a_condition_comes_along_with_what_it_decides():
    found = sliced("c = input()\nif c:\n  y = x\nelse:\n  y = -x", "y")
    assert lines(found) == ["if c:", "y = x", "y = -x"]
    assert [value.name for value in found.python] == ["c"]


def test_a_branch_that_refuses_is_part_of_the_choice():
    code = "def f(c):\n  x = tf.placeholder(tf.float32)\n  if c == 1:\n    y = x\n  elif c == 2:\n    y = -x\n  else:\n    raise ValueError(c)\n  use(y)\n  use(x)\n"
    found = kinds("import tensorflow as tf\n" + code, "f")
    region = found.region
    cuts = Cuts({expression_key(expression(region, "x"), region): "x"}, {call(region, "tf.placeholder"): "x"})
    made = Slicer(found, Purity(found), (), [region.steps[-1]]).slice([expression(region, "y")], cuts)
    assert "raise ValueError(c)" in lines(made)


def test_a_changed_list_brings_all_its_changes():
    found = sliced("l = []\nl.append(x)\nl.append(x * 2.0)\ny = tf.add_n(l)", "y")
    assert lines(found)[-3:] == ["l.append(x)", "l.append(x * 2.0)", "y = tf.add_n(l)"]


def test_scopes_of_names_and_devices_come_along():
    found = sliced("with tf.device('/cpu:0'):\n  y = x * 2.0", "y")
    assert lines(found) == ["with tf.device('/cpu:0'):", "y = x * 2.0"]


def test_helpers_are_named():
    found = sliced("def f(t):\n  return g(t)\ndef g(t):\n  return tf.square(t)\ny = f(x)", "y")
    assert {function.name for function in found.functions} == {"f", "g"}


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("z = tf.placeholder(tf.float32)\ny = x + z", "TFM108"),
        ("y = tf.py_func(f, [x], tf.float32)", "TFM104"),
        ("w = tf.Variable(1.0)\ny = x + tf.assign_add(w, 1.0)", "TFM104"),
        ("y = x + tf.Session().run(x)", "TFM101"),
        ("try:\n  y = x * 2.0\nexcept E:\n  y = x", "TFM106"),
        ("match 3:\n  case 3:\n    y = x * 2.0", None),
        ("def f():\n  def g(t):\n    return tf.square(t)\n  return g(x)\ny = f()", None),
        ("q = tf.FIFOQueue(1, tf.float32)\ny = x + q.dequeue()", "TFM104"),
        ("y = tf.Print(x, [x])", "TFM104"),
        ("y, = tf.import_graph_def(g, {'a': x}, ['b'])", "TFM104"),
        ("y = tf.get_default_graph().get_tensor_by_name('y:0') + x", "TFM101"),
    ],
)
def test_what_cannot_be_carried_over(code: str, rule: str | None):
    try:
        found = sliced(code, "y")
    except Unprovable as reason:
        assert rule is None or reason.rule == rule
        assert reason.reason
    else:
        assert rule is None
        assert "y" in "".join(lines(found)) or found.python


def test_equal_keys_mean_the_same_value():
    found = kinds("d = f()\na = d['k']\nb = d['k']\nd = g()\nc = d['k']\n").region
    a, b, c = (found.steps[index].node.value for index in (1, 2, 4))
    assert expression_key(a, found) == expression_key(b, found)
    assert expression_key(a, found) != expression_key(c, found)
    assert expression_key(found.steps[0].node.value, found) is None


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("v = tf.Variable(1.0)", "tf.Variable(1.0)"),
        ("v = {'a': tf.Variable(1.0)}", "{'a': tf.Variable(1.0)}"),
        ("v = [tf.Variable(1.0), [tf.get_variable('a', [1])]]", "[tf.Variable(1.0), [tf.get_variable('a', [1])]]"),
        ("u, v = 1, tf.Variable(2.0)", "tf.Variable(2.0)"),
        ("v = [tf.Variable(1.0), 3]", None),
        ("v = tf.Variable(1.0) * 2.0", None),
        ("v = []", None),
        ("u = tf.Variable(1.0)\nv = u", None),
    ],
)
def test_what_is_state(code: str, made: str | None):
    found = kinds(f"import tensorflow as tf\n{code}\n")
    definition = found.region.steps[-1].writes[-1]
    node = state_call(definition, found)
    assert (None if node is None else ast.unparse(node)) == made


def test_helpers_of_helpers():
    found = kinds("def f(): g()\ndef g(): h()\ndef h(): f()\ndef other(): pass\nf()\n")
    function = found.region.function(call(found.region, "f", -1).func)
    assert [item.name for item in helper_functions(function, found)] == ["f", "g", "h"]


def test_graphs_are_told_apart():
    code = """\
        import tensorflow as tf
        a()
        with tf.Graph().as_default():
          b()
          with tf.name_scope('s'):
            c()
        with tf.Graph().as_default():
          d()
        g = tf.Graph()
        with g.as_default():
          e()
        with tf.Session(graph=g) as s:
          f()
        with tf.get_default_graph().as_default():
          h()
    """
    found = kinds(code)
    context = {
        ast.unparse(step.node)[0]: graph_context(step, found)
        for step in found.region.steps
        if isinstance(step.node, ast.Expr)
    }
    assert context["a"] is None
    assert context["b"] is context["c"]
    assert context["b"] is not context["d"]
    assert context["e"] is context["f"] is not None
    assert context["h"] is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["net = nets.Net(3)", "y = net.inference(x)"], "net.inference comes from another module"),
        (["y = nets.Net(3)(x)"], "nets.Net(3) is not a function of this file"),
        (["y = nets.make().inference(x)"], "comes from another module"),
        (["parts = {'a': nets.part}", "y = parts['a'](x)"], "parts['a'] is not a function of this file"),
        (["y = tf.map_fn(nets.part, x)"], "nets.part is not a function of this file"),
        (["f = nets.part", "y = tf.map_fn(fn=f, elems=x)"], "nets.part is not a function of this file"),
        (["net = nets.Net()", "y = tf.cond(x[0] > 0, net.yes, net.no)"], "net.yes is not a function of this file"),
        (["y = list(map(nets.part, [x]))[0]"], "nets.part is not a function of this file"),
    ],
)
def test_code_of_other_modules_is_not_moved(lines: list[str], said: str):
    check_not_native(script(*lines, imports="import nets"), "TFM101", said)


@pytest.mark.parametrize("line", ["y = net(x)", "y = tf.map_fn(net, x)"])
def test_names_that_a_star_may_import_are_not_moved(line: str):
    check_not_native(script(line, imports="from nets import *"), "TFM101", "net is not a function of this file")


@pytest.mark.parametrize(
    "lines",
    [
        ["import collections", "d = collections.OrderedDict()", "d['a'] = x * 2.0", "y = d.get('a')"],
        ["y = tf.map_fn(lambda row: row * 2.0, x)"],
        ["def double(row): return row * 2.0", "y = tf.map_fn(double, x)"],
        ["y = tf.map_fn(tf.square, x)"],
        ["y = list(map(tf.square, [x]))[0]"],
    ],
)
def test_code_that_is_seen_is_moved(lines: list[str]):
    check_native(script(*lines))
