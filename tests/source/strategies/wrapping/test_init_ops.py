"""Init ops that have nothing to do in a graph without tables."""

from __future__ import annotations

import ast

import pytest
from wrapping_code import HEAD, INIT, body_of, in_session, why_not, wrapped

from migrate.settings import Settings
from migrate.source.strategies.wrapping.graph_code import plan_graph_code
from migrate.source.view import ModuleView

ADD = "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig}, main_op=OP)\n"
LINES = (
    "sig = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, o)\n",
    "b = tf.saved_model.builder.SavedModelBuilder('out')\n",
)


UNSEEN = "unseen = tf.Variable('', collections=[])\n"


def exported(op: str, helpers: str = "") -> str:
    return HEAD + helpers + in_session(INIT, UNSEEN, *LINES, ADD.replace("OP", op), "b.save()\n")[len(HEAD) :]


HELPER = """def main_op():
    'What runs first.'
    local = tf.local_variables_initializer()
    tables = tf.tables_initializer()
    return tf.group(local, tables)

"""


@pytest.mark.parametrize(
    ("op", "helpers"),
    [
        ("None", ""),
        ("tf.tables_initializer()", ""),
        ("tf.group(tf.tables_initializer(), tf.no_op(), name='init')", ""),
        ("main_op()", HELPER),
        ("tf.group(tf.tables_initializer(), unseen.assign(path))", ""),
    ],
)
def test_they_go(op: str, helpers: str):
    assert "wrapped.save('out', {'k': sig})" in body_of(wrapped(exported(op, helpers)))


@pytest.mark.parametrize(
    ("op", "helpers"),
    [
        ("tf.global_variables()[0].assign(path)", ""),
        ("path", ""),
        ("tf.group(unseen.assign(path), unseen)", ""),
        ("main_op(path)", HELPER.replace("main_op()", "main_op(path)")),
        ("main_op()", HELPER.replace("tf.tables_initializer()", "tf.constant(1)")),
        ("main_op()", "def main_op():\n    return other()\n\ndef other():\n    return main_op()\n\n"),
        ("main_op()", HELPER.replace("    return", "    print(local)\n    return")),
    ],
)
def test_others_are_refused(op: str, helpers: str):
    assert "more than the initializer of tables" in why_not(exported(op, helpers))


MAIN_OP = "tf.saved_model.main_op.main_op()"
CONSTANT = ("tf.get_variable('w', [sum(x.shape.as_list()[1:]), 2])", "tf.Variable([[1.0], [2.0], [3.0]])")


def test_first_values_at_loading_are_those_that_the_session_has():
    code = exported(MAIN_OP).replace(*CONSTANT)
    view = ModuleView(code, ast.parse(code), "script.py", Settings())
    assert plan_graph_code(view.candidates[0], view).rule == "TFM206"


@pytest.mark.parametrize(
    "code",
    [
        exported(MAIN_OP),
        exported(f"tf.group({MAIN_OP}, tf.no_op())").replace(CONSTANT[0], "tf.Variable(tf.random_normal([3, 1]))"),
        exported(MAIN_OP).replace(*CONSTANT).replace(INIT, INIT + "        tf.train.Saver().restore(sess, path)\n"),
        exported("tf.global_variables_initializer()"),
    ],
)
def test_first_values_at_loading_would_replace_others(code: str):
    assert "all variables get their first values whenever the model is loaded" in why_not(code)


def test_a_helper_that_sets_all_variables_anew_is_seen():
    helper = HELPER.replace("local = tf.local_variables_initializer()", "local = tf.global_variables_initializer()")
    assert "first values whenever the model is loaded" in why_not(exported("main_op()", helper))
