"""Resets of the default graph, and seeds of graphs."""

from __future__ import annotations

import pytest
from wrapping_code import BUILD, HEAD, INIT, SAVE, body_of, in_session, why_not, wrapped


def test_resets_of_the_default_graph_go():
    code = in_session(INIT, SAVE, build="tf.reset_default_graph()\n" + BUILD)
    assert "reset_default_graph" not in body_of(wrapped(code))


@pytest.mark.parametrize("reset", ["def clear():\n    tf.reset_default_graph()\n"])
def test_but_not_those_in_helpers(reset: str):
    code = HEAD + reset + in_session(INIT, SAVE, build="clear()\n" + BUILD)[len(HEAD) :]
    assert "resets the default graph" in why_not(code)


def test_a_seed_does_not_matter_to_what_is_restored():
    code = in_session("tf.train.Saver().restore(sess, path)\n", SAVE, build="tf.set_random_seed(1)\n" + BUILD)
    wrapped(code)
