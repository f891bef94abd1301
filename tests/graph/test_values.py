from __future__ import annotations

from migrate.graph.values import first_line


def test_what_tensorflow_says_of_its_own_functions_is_left_out():
    error = OSError("{{function_node __wrapped__RestoreV2_device_/cpu:0}} Read less bytes [Op:RestoreV2]\nmore")
    assert first_line(error) == "Read less bytes"
    assert first_line(ValueError()) == "ValueError"
