"""Init ops that have nothing to do in a graph without tables."""

from __future__ import annotations

import pytest
from wrapping_code import HEAD, INIT, body_of, in_session, why_not, wrapped

ADD = "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig}, main_op=OP)\n"
LINES = (
    "sig = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, o)\n",
    "b = tf.saved_model.builder.SavedModelBuilder('out')\n",
)


def exported(op: str, helpers: str = "") -> str:
    return HEAD + helpers + in_session(INIT, *LINES, ADD.replace("OP", op), "b.save()\n")[len(HEAD) :]


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
    ],
)
def test_they_go(op: str, helpers: str):
    assert "wrapped.save('out', {'k': sig})" in body_of(wrapped(exported(op, helpers)))


@pytest.mark.parametrize(
    ("op", "helpers"),
    [
        ("tf.global_variables()[0].assign(path)", ""),
        ("path", ""),
        ("main_op(path)", HELPER.replace("main_op()", "main_op(path)")),
        ("main_op()", HELPER.replace("tf.tables_initializer()", "tf.constant(1)")),
        ("main_op()", "def main_op():\n    return other()\n\ndef other():\n    return main_op()\n\n"),
        ("main_op()", HELPER.replace("    return", "    print(local)\n    return")),
    ],
)
def test_others_are_refused(op: str, helpers: str):
    assert "more than the initializer of tables" in why_not(exported(op, helpers))
