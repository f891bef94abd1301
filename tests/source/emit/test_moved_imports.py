"""From-imports of names that TF2 has below tensorflow.compat.v1."""

from __future__ import annotations

import pytest
from wrapping_code import BUILD, HEAD, INIT, SAVE, in_session, wrapped


def imported(line: str) -> str:
    """What becomes of an import whose names stay in use."""
    names = ", ".join(part.split(" as ")[-1].strip() for part in line.partition(" import ")[2].strip("()").split(","))
    code = in_session(INIT, f"print({names})\n", SAVE, build=BUILD)
    after = wrapped(HEAD.replace("import sys\n", f"import sys\n{line}\n") + code[len(HEAD) :]).after
    return next(text for text in after.splitlines() if f" import {line.partition(' import ')[2]}" in text)


@pytest.mark.parametrize(
    "line",
    [
        "from tensorflow.saved_model import signature_def_utils, tag_constants",
        "from tensorflow.saved_model import utils as info_utils",
        "from tensorflow import placeholder",
        "from tensorflow import placeholder, float32",
        "from tensorflow.nn import max_pool",
    ],
)
def test_they_come_from_where_tf2_has_them(line: str):
    assert imported(line) == line.replace("from tensorflow", "from tensorflow.compat.v1")


@pytest.mark.parametrize(
    "line",
    [
        "from tensorflow.nn import relu",
        "from tensorflow import float32",
        "from tensorflow.python.saved_model import signature_def_utils",
        "from tensorflow.compat.v1 import placeholder",
        "from tensorflow.core.protobuf import meta_graph_pb2",
        "from numpy import placeholder",
    ],
)
def test_others_stay(line: str):
    assert imported(line) == line


def test_an_import_with_a_fallback_stays():
    line = "try:\n    from tensorflow.saved_model import utils\nexcept ImportError:\n    utils = None\n"
    code = in_session(INIT, "print(utils)\n", SAVE)
    assert line in wrapped(HEAD.replace("import sys\n", "import sys\n" + line) + code[len(HEAD) :]).after
