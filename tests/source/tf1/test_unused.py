"""Imports of private modules go where nothing reads them any more."""

from __future__ import annotations

import pytest

from migrate.source.tf1.unused import without_unused

TWO = "from tensorflow.python.ops import array_ops, math_ops as m\n"
ONE = "from tensorflow.python.ops import array_ops\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ONE + "x = 1\n", "x = 1\n"),
        (f"if y:\n    {TWO}    m\n", "if y:\n    from tensorflow.python.ops import math_ops as m\n    m\n"),
        ("from tensorflow.python.ops import array_ops, math_ops as m\r\n", "from tensorflow.python.ops import math_ops as m\r\n"),
        (ONE + "array_ops.x\n", None),
        (ONE + "def array_ops(): pass\narray_ops\n", None),
        (ONE + "__all__ = ['array_ops']\n", None),
        # It would be more than a line.
        ("if y:\n    " + ONE, None),
        ("from tensorflow.python.ops import array_ops; x = 1\n", None),
        ("from tensorflow.python.ops import array_ops  # noqa\n", None),
        ("from tensorflow.python.ops import (\n    array_ops)\n", None),
        ("from elsewhere import array_ops\n", None),
        ("from tensorflow.python.ops import array_ops as other\n", None),
    ],
)  # fmt: skip
def test_imports(before: str, after: str | None):
    assert without_unused(before, {"array_ops"}) == (before if after is None else after)
