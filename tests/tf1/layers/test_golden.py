"""Every call of the table against what TensorFlow 1.15.5 made of it (make_golden.py remakes it)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from layer_cases import CASES

from tests.forked import run_forked

pytestmark = pytest.mark.tensorflow

ROOT = Path(__file__).parents[3]
GROUPS = sorted({name.rsplit(" ", 1)[0] for name in CASES})

LEGACY = """
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
from layer_comparing import CASES, differences
found = [line for name in list(CASES)[::6] for line in differences(name)]
open("found.txt", "w").write("\\n".join(found))
"""


@pytest.mark.parametrize("group", GROUPS)
def test_calls_do_what_tensorflow_1_did(group):
    from layer_comparing import differences

    names = [name for name in CASES if name.rsplit(" ", 1)[0] == group]
    assert [line for name in names for line in differences(name)] == []


def test_calls_do_the_same_without_the_behavior_of_tensorflow_2(tmp_path):
    (tmp_path / "legacy.py").write_text(LEGACY, "utf-8")
    kept = {key: value for key, value in os.environ.items() if key not in ("TF2_BEHAVIOR", "PYTHONPATH")}
    environment = {**kept, "PYTHONPATH": f"{Path(__file__).parent}{os.pathsep}{ROOT}", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = run_forked("legacy.py", [], tmp_path, environment)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "found.txt").read_text() == ""
