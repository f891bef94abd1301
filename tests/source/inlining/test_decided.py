"""Tests that arguments decide."""

from __future__ import annotations

import ast

import pytest

from migrate.source.inlining.decided import Decided
from migrate.source.inlining.text import Source


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ("none is None", True),
        ("none is not None", False),
        ("number is None", False),
        ("listed is None", False),
        ("relu is None", False),
        ("other is None", None),
        ("unknown is None", None),
        ("not none", True),
        ("number", True),
        ("other", None),
        ("kind == 'deep'", True),
        ("kind != 'deep'", False),
        ("number < 0", False),
        ("number >= 2", True),
        ("kind < 3", None),
        ("number and kind == 'wide'", False),
        ("other and none", None),
        ("none and other", False),
        ("number or other", True),
        ("other or number", None),
        ("true is True", True),
        ("true is not True", False),
        ("number is True", False),
        ("other is True", None),
        ("config.kind == 'gru'", True),
        ("config.other == 'gru'", None),
    ],
)
def test_truth(test: str, wanted: bool | None):
    texts = {"none": "None", "number": "2", "listed": "[1]", "kind": "'deep'", "relu": "tf.nn.relu", "other": "x",
             "true": "True"}  # fmt: skip
    given = {name: ast.parse(text, mode="eval").body for name, text in texts.items()}
    decided = Decided(
        Source("pass\n"),
        given,
        lambda node: "nn.relu" if isinstance(node, ast.Attribute) else None,
        lambda node: ast.Constant("gru") if node.attr == "kind" else None,
    )
    assert decided.truth(ast.parse(test, mode="eval").body) is wanted
