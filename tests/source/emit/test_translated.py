"""Calls that TF2 spells in another way."""

from __future__ import annotations

import libcst as cst
import pytest

from migrate.source.api import Translation, translate_call
from migrate.source.emit.spelling import Spelling
from migrate.source.emit.translated import translated


def new(text: str, tensorflow: str = "tf") -> str:
    """What becomes of a call of `tf.`."""
    call = cst.parse_expression(text)
    assert isinstance(call, cst.Call)
    code = cst.Module([]).code_for_node
    positional = [argument for argument in call.args if argument.keyword is None]
    keywords = tuple(argument.keyword.value for argument in call.args if argument.keyword is not None)
    texts: dict[int | str, str] = {position: code(argument.value) for position, argument in enumerate(positional)}
    texts |= {argument.keyword.value: code(argument.value) for argument in call.args if argument.keyword is not None}
    name = code(call.func).removeprefix(f"{tensorflow}.")
    answer = translate_call(name, len(positional), keywords, literals=texts)
    assert isinstance(answer, Translation), answer
    return code(translated(answer, Spelling(tensorflow, modern=False))(call))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tf.log(x)", "tf.math.log(x)"),
        ("tf.log( x )", "tf.math.log( x )"),
        ("tf.argmax(x, dimension = 1)", "tf.argmax(x, axis=1)"),
        ("tf.reduce_sum(x, keep_dims=True)", "tf.reduce_sum(x, keepdims=True)"),
        ("tf.to_int32(x)", "tf.cast(x, tf.int32)"),
    ],
)
def test_calls(before: str, after: str):
    assert new(before) == after


def test_what_moves_keeps_its_comments_and_line_breaks():
    before = "tf.reduce_sum(\n    x,  # the scores\n    reduction_indices=[1],  # classes\n)"
    assert new(before) == "tf.reduce_sum(\n    x,  # the scores\n    axis=[1],  # classes\n)"


def test_another_name_for_tensorflow_is_used_for_all_that_is_new():
    assert new("flow.to_int32(x)", "flow") == "flow.cast(x, flow.int32)"
