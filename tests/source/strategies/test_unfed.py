"""Outputs that are placeholders which nobody feeds are told of before the program runs."""

from __future__ import annotations

import pytest
from checks import rewrite


def notes(outputs: str, inputs: str = "{'in': x}") -> list[str]:
    """What is said of an export that keeps its graph: the key 'in' is none of Python's."""
    code = f"""\
        import tensorflow as tf
        x = tf.placeholder(tf.float32, [None])
        y = tf.placeholder(tf.float32, [None])
        d = tf.placeholder_with_default([1.0], [None])
        same = y
        with tf.Session() as sess:
            tf.saved_model.simple_save(sess, 'out', {inputs}, {outputs})
        """
    (site,) = rewrite(code).sites
    return [finding.message for finding in site.findings if "placeholder" in finding.message]


@pytest.mark.parametrize("output", ["y", "same"])
def test_a_placeholder_that_is_no_input(output: str):
    (said,) = notes(f"{{'z': x + 1.0, 'y': {output}}}")
    assert said.startswith(
        "the signature 'serving_default' returns the placeholder of line 3, which is none of its inputs"
    )


@pytest.mark.parametrize(
    ("outputs", "inputs"),
    [
        ("{'z': x}", "{'in': x}"),
        ("{'z': x + 1.0}", "{'in': x}"),
        ("{'z': d}", "{'in': x}"),
        ("{'y': y}", "{'in': same}"),
    ],
)
def test_other_outputs(outputs: str, inputs: str):
    assert notes(outputs, inputs) == []
