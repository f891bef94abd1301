"""Slices: what a signature needs, and where it ends."""

from __future__ import annotations

import ast

import pytest
from checks import call, expression, kinds

from migrate.source.purity import Purity
from migrate.source.slicing.cuts import Cuts, expression_key, parameter_of_call
from migrate.source.slicing.slices import Slice, Slicer
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
