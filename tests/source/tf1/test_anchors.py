"""The name that TensorFlow has somewhere."""

from __future__ import annotations

import ast

import pytest

from migrate.source.symbols import Symbols
from migrate.source.tf1.anchors import tensorflow_at


@pytest.mark.parametrize(
    ("head", "body", "found"),
    [
        ("import tensorflow as tf", "pass", ("tf", False)),
        ("import tensorflow as zz, tensorflow.compat.v1 as tf1", "pass", ("tf1", True)),
        ("import tensorflow as zz, tensorflow.compat.v1 as tf", "pass", ("tf", True)),
        ("import os", "import tensorflow as tf", ("tf", False)),
        ("import tensorflow as tf", "tf = 1", None),
        ("import tensorflow as tf\ntf = 1", "pass", None),
        ("try:\n  import tensorflow.compat.v1 as tf\nexcept E:\n  import tensorflow as tf", "pass", None),
        ("import numpy as tf", "pass", None),
    ],
)
def test_names(head: str, body: str, found: tuple[str, bool] | None):
    symbols = Symbols(ast.parse(f"{head}\ndef f():\n    {body}\n"))
    function = next(scope for scope in symbols.scopes() if isinstance(scope.node, ast.FunctionDef))
    assert tensorflow_at(function) == found
