"""Input keys that TF2's save does not take."""

from __future__ import annotations

from keyword import iskeyword

import pytest
from checks import rewrite
from wrapping_code import BUILD, INIT, in_session, why_not, wrapped

from migrate.signatures.components import argument_names
from migrate.source.strategies.wrapping.keys import ARGUMENT_NAMES, HELPER


def saved(inputs: str, *lines: str) -> str:
    return in_session(INIT, *lines, f"tf.saved_model.simple_save(sess, 'out', {inputs}, {{'y': x * 2}})\n")


@pytest.mark.parametrize(
    ("inputs", "lines"),
    [
        ("{x.name: x}", ()),
        ("{'in': x}", ()),
        ("{'an image': x}", ()),
        ("{t.name: t for t in [x]}", ()),
        ("dict((t.name, t) for t in path)", ()),
        ("dict(zip([t.name for t in path], path))", ()),
        ("i", ("i = {}\n", "for t in path:\n    i[t.name] = t\n")),
        ("dict(path, **{'x:0': x})", ()),
        ("dict(path, **{'an image': x})", ()),
        ("i", ("i = dict(path)\n", "i['in'] = tf.saved_model.utils.build_tensor_info(x)\n")),
        ("i", ("i = dict(path, **{'self': tf.saved_model.utils.build_tensor_info(x)})\n",)),
    ],
)
def test_they_are_put_in_after_the_save(inputs: str, lines: tuple[str, ...]):
    result = wrapped(saved(inputs, *lines))
    assert "_restore_input_keys(export_dir, keys)" in result.after
    assert "TensorSpec(tensor.shape, tensor.dtype, names[key])" in result.after
    assert inputs.split(" for ")[0] in result.after
    assert any("input keys" in finding.message for site in result.sites for finding in site.findings)


@pytest.mark.parametrize("inputs", ["{'x': x}", "{x.op.type: x}", "dict(path, x=x)"])
def test_others_need_nothing(inputs: str):
    assert "_restore_input_keys" not in wrapped(saved(inputs, "print({'an image': 1})\n")).after


@pytest.mark.parametrize(("inputs", "reason"), [("{'a': x, 'b': x}", "two inputs of a signature"), ("{}", "no inputs")])
def test_inputs_that_tf2_cannot_export_are_refused(inputs: str, reason: str):
    assert reason in why_not(saved(inputs))


@pytest.mark.parametrize(
    "keys",
    [["x:0", "x_0", "arg_x_0", "x 0"], ["in", "self", "_x", "a b", "0x", "", "a/b", "A", "\u00e9"], ["a", "b_1"]],
)
def test_the_names_are_those_that_a_converted_model_has(keys: list[str]):
    made: dict[str, object] = {"iskeyword": iskeyword}
    exec(HELPER.replace("TF", "tf"), made)
    names = made[ARGUMENT_NAMES]
    assert callable(names)
    assert names(keys) == argument_names(keys)


def test_two_placeholders_that_are_made_alike_are_two_inputs():
    alike = "tf.placeholder(tf.float32, [None, 3])"
    code = in_session(
        INIT, f"tf.saved_model.simple_save(sess, 'out', {{'a': {alike}, 'b': {alike}}}, dict(o))", build=BUILD
    )
    refused = [one.reason for site in rewrite(code).sites for one in site.refusals]
    assert not [reason for reason in refused if "are one for TF2" in reason]
