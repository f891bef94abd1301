"""How the calls of an export are read."""

from __future__ import annotations

import pytest
from wrapping_code import INIT, body_of, in_session, why_not, wrapped

SIGNATURE = "sig = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, o)\n"
OPEN = "b = tf.saved_model.builder.SavedModelBuilder('out')\n"
ADD = "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig})\n"


def builder(*lines: str) -> str:
    return in_session(INIT, SIGNATURE, *lines)


def test_the_builder_becomes_one_call_with_its_map():
    body = body_of(wrapped(builder(OPEN, ADD, "b.save()\n")))
    assert "wrapped.save('out', {'k': sig})" in body
    assert "Builder" not in body


@pytest.mark.parametrize(
    "added",
    [
        "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig}, legacy_init_op=tf.tables_initializer())\n",
        "op = tf.group(tf.tables_initializer(), name='i')\nb.add_meta_graph_and_variables(sess, ['serve'], {'k': sig}, main_op=op)\n",
        "tags = [tf.saved_model.tag_constants.SERVING]\nb.add_meta_graph_and_variables(sess, tags, {'k': sig}, clear_devices=True)\n",
        "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig}, assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS))\n",
    ],
)
def test_what_does_nothing_without_tables_goes(added: str):
    body = body_of(wrapped(builder(OPEN, added, "b.save(as_text=False)\n")))
    assert "wrapped.save('out', {'k': sig})" in body
    assert "tables_initializer" not in body


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((OPEN, ADD.replace("'serve'", "'train'"), "b.save()\n"), "one tag 'serve'"),
        ((OPEN, ADD.replace("['serve']", "path"), "b.save()\n"), "one tag 'serve'"),
        ((OPEN, ADD, "b.save(as_text=True)\n"), "written as text"),
        ((OPEN, ADD, "return b.save()\n"), "passed on to other code"),
        ((OPEN, ADD), "just one MetaGraph"),
        ((OPEN, "if path:\n    " + ADD, "b.save()\n"), "conditions or loops"),
        (("p = 'a'\n", OPEN.replace("'out'", "p"), "p = 'b'\n", ADD, "b.save()\n"), "means something else"),
        (
            (OPEN, ADD.replace("sig}", "sig}, main_op=tf.assign_add(tf.global_variables()[0], 1)"), "b.save()\n"),
            "more than",
        ),
        ((OPEN, ADD.replace("sig}", "sig}, saver=tf.train.Saver()"), "b.save()\n"), "argument saver"),
        ((OPEN, ADD.replace("sig}", "sig}, assets_collection=path"), "b.save()\n"), "argument assets_collection"),
        (
            ("self = path\n", OPEN.replace("b =", "self.b ="), ADD.replace("b.", "self.b.", 1), "self.b.save()\n"),
            "local name",
        ),
    ],
)
def test_other_exports_are_refused(lines: tuple[str, ...], reason: str):
    assert reason in why_not(builder(*lines))


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ("{x.name: x}", "a tensor's name"),
        ("{'in': x}", "cannot export an input with the key 'in'"),
        ("{'a': x, 'b': x}", "two inputs of the signature"),
        ("{}", "no inputs"),
    ],
)
def test_input_keys_that_tf2_does_not_take_are_refused(inputs: str, reason: str):
    assert reason in why_not(in_session(INIT, f"tf.saved_model.simple_save(sess, 'out', {inputs}, {{'y': x * 2}})\n"))


def test_a_map_keeps_its_lines_below_the_call():
    long = "{\n          'first_of_them': sig,\n              # The other one.\n          'second_of_them_all': sig}"
    after = wrapped(
        builder(OPEN, "b.add_meta_graph_and_variables(sess, ['serve'], " + long + ")\n", "b.save()\n")
    ).after
    assert "            'first_of_them': sig,\n" in after
    assert "# The other one." in after
