"""Builders that share a name."""

from __future__ import annotations

import pytest
from wrapping_code import INIT, body_of, in_session, why_not, wrapped

SIG = "sig = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, o)\n"
ONE = (
    "op = tf.group(tf.tables_initializer())\n"
    "b = tf.saved_model.builder.SavedModelBuilder({0!r})\n"
    "b.add_meta_graph_and_variables(sess, ['serve'], {{'k': sig}}, legacy_init_op=op)\n"
    "b.save()\n"
)


def indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.splitlines())


@pytest.mark.parametrize(
    "body",
    [
        ONE.format("out_1") + ONE.format("out_2"),
        "if path:\n" + indented(ONE.format("out_1")) + "else:\n" + indented(ONE.format("out_2")),
    ],
)
def test_each_builder_is_the_last_one_that_its_name_was_given(body: str):
    text = body_of(wrapped(in_session(INIT, SIG, body)))
    assert [one for one in ("out_1", "out_2") if f"wrapped.save('{one}', {{'k': sig}})" in text] == ["out_1", "out_2"]


@pytest.mark.parametrize(
    "body",
    [
        # Which of them is saved?
        ONE.format("out_1").replace("b.save()\n", "") + "if path:\n" + indented(ONE.format("out_2")) + "b.save()\n",
        "b = None\n" + ONE.format("out_1"),
        ONE.format("out_1") + "for b in []:\n    pass\nb.save()\n",
    ],
)
def test_a_name_that_is_not_sure_is_refused(body: str):
    assert why_not(in_session(INIT, SIG, body)) == "the builder's name has several meanings"
