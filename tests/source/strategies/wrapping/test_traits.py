"""What graph code has, and what its class needs for it."""

from __future__ import annotations

import pytest
from wrapping_code import BUILD, INIT, SAVE, in_session, wrapped


@pytest.mark.parametrize(
    "line",
    [
        "o['z'] = x * x.shape[1].value\n",
        "n = x.get_shape()[1]\no['z'] = x * n.value\n",
        "o['z'] = x * sum(d.value for d in x.shape[1:])\n",
    ],
)
def test_where_dimensions_are_asked_for_their_value_shapes_are_those_of_tf1(line: str):
    after = wrapped(in_session(INIT, SAVE.replace("o)", "dict(o))"), build=BUILD + line)).after
    switches = "tf.compat.v1.disable_control_flow_v2()\n        tf.compat.v1.disable_v2_tensorshape()\n"
    assert switches in after


def test_other_shapes_stay_those_of_tf2():
    assert "tensorshape" not in wrapped(in_session(INIT, SAVE.replace("o)", "dict(o))"))).after


def test_a_value_that_is_no_dimension_does_no_harm():
    wrapped(in_session(INIT, "import enum\nprint(enum.Enum('A', 'b').b.value)\n", SAVE.replace("o)", "dict(o))")))
