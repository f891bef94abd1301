"""What a native plan says: state, parameters, functions, and how values are handed over."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from checks import script

from migrate.source.candidates import candidates
from migrate.source.flow import Region
from migrate.source.kinds import Kinds
from migrate.source.site_reader import read_site
from migrate.source.strategies.native import plan_native
from migrate.source.strategies.plan import NativePlan
from migrate.source.symbols import Symbols


def plan(code: str) -> NativePlan:
    """The plan of the one site of some code."""
    symbols = Symbols(ast.parse(dedent(code)))
    (candidate,) = candidates(symbols)
    kinds = Kinds(Region(symbols, candidate.scope))
    return plan_native((read_site(candidate, kinds),), kinds, symbols.module.bindings, "script")


def function(body: str, call: str = "export(5)") -> str:
    """A script that builds and exports in a function with a parameter `k`."""
    lines = script(*body.splitlines()).splitlines()
    return lines[0] + "\ndef export(k):\n" + "".join(f"  {line}\n" for line in lines[2:]) + call + "\n"


def test_variables_become_attributes_under_their_names():
    found = plan(script("w = tf.Variable(1.0)", "b = tf.Variable(2.0)", "y = x * w + b"))
    assert [state.attribute for state in found.states] == ["w", "b"]


def test_only_what_is_needed_is_state():
    found = plan(script("w = tf.Variable(1.0)", "other = tf.Variable(2.0)", "y = x * w"))
    assert [state.attribute for state in found.states] == ["w"]


def test_an_attribute_may_not_hide_tf_module():
    found = plan(script("name = tf.Variable(1.0)", "submodules = tf.Variable(1.0)", "y = x * name + submodules"))
    assert not {state.attribute for state in found.states} & {"name", "submodules"}


def test_without_training_nothing_is_handed_over():
    found = plan(script("w = tf.Variable(1.0)", "y = x * w"))
    assert not found.handover
    assert not found.legacy


@pytest.mark.parametrize(
    "session",
    [
        "sess.run(train)",
        "train.run()",
        "for path in 'ab':\n  tf.train.Saver().restore(sess, path)",
        "fit(sess)",
        "sess.run([train, y], {x: [[1., 2., 3.]]})",
        "for i in range(3):\n  sess.run(train)",
        "if y is not None:\n  sess.run(train)",
        "sess.run(w.assign(tf.random_normal([])))",
    ],
)
def test_what_changes_variables_in_a_way_not_followed_makes_a_handover(session: str):
    code = script(
        "w = tf.Variable(1.0)",
        "y = x * w",
        "train = tf.train.AdamOptimizer().minimize(w)",
        "def fit(s): pass",
        session=session,
    )
    found = plan(code)
    assert found.handover
    assert found.legacy
    assert [state.handed for state in found.states] == ["w"]


def test_plain_assignments_are_carried_out_on_the_module():
    found = plan(script("w = tf.Variable(1.0)", "y = x * w", session="sess.run(w.assign(2.0))"))
    assert not found.handover
    ((assignment,),) = found.assignments.values()
    assert (ast.unparse(assignment.variable), ast.unparse(assignment.value)) == ("w", "2.0")


def test_a_run_of_the_signature_becomes_a_call():
    found = plan(script("w = tf.Variable(1.0)", "y = x * w", session="print(sess.run(y, {x: [[1., 2., 3.]]}))"))
    assert len(found.eager_runs) == 1
    assert not found.legacy


def test_a_python_value_from_a_parameter_is_a_constructors_parameter():
    found = plan(function("n = k * 2\ny = x * float(n)"))
    assert set(found.parameters.values()) <= {"k", "n"}
    assert found.parameters


def test_a_parameter_that_may_be_a_tensor_is_not_taken():
    from migrate.source.unprovable import Unprovable

    with pytest.raises(Unprovable, match="may be a tensor"):
        plan(function("y = x * k", "export(make())"))


def test_the_functions_are_in_the_order_of_the_signatures():
    code = script("y = x * 2.0").replace(
        "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})",
        "b = tf.saved_model.Builder('o')\n    b.add_meta_graph_and_variables(sess, ['serve'], {\n"
        "      'z': tf.saved_model.predict_signature_def({'x': x}, {'y': y}),\n"
        "      'a': tf.saved_model.predict_signature_def({'x': x}, {'y': y + 1.0})})\n    b.save()",
    )
    assert [item.name for item in plan(code).functions] == ["z", "a"]


def test_an_init_op_that_sets_a_variable_overrides_its_value():
    code = script("w = tf.Variable(1.0)", "y = x * w").replace(
        "{'y': y})", "{'y': y}, legacy_init_op=tf.group(w.assign(3.0)))"
    )
    (state,) = plan(code).states
    assert ast.unparse(state.override) == "3.0"


def test_the_class_has_a_name_of_the_file_where_the_code_has_none():
    symbols = Symbols(ast.parse(script("y = x * 2.0")))
    (candidate,) = candidates(symbols)
    kinds = Kinds(Region(symbols, candidate.scope))
    found = plan_native((read_site(candidate, kinds),), kinds, (), "export_rainfall")
    assert found.class_name == "RainfallModel"
