"""Tests that arguments decide."""

from __future__ import annotations

import ast

import pytest

from migrate.source.inlining.decided import Decided, first_set
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
        ("off is False", True),
        ("off is not True", True),
        ("off is None", False),
        ("number is True", False),
        ("number is 2", None),
        ("other is True", None),
        ("config.kind == 'gru'", True),
        ("config.other == 'gru'", None),
    ],
)
def test_truth(test: str, wanted: bool | None):
    texts = {
        "none": "None",
        "number": "2",
        "listed": "[1]",
        "kind": "'deep'",
        "relu": "tf.nn.relu",
        "other": "x",
        "off": "False",
    }
    given = {name: ast.parse(text, mode="eval").body for name, text in texts.items()}
    decided = Decided(
        Source("pass\n"),
        given,
        lambda node: "nn.relu" if isinstance(node, ast.Attribute) else None,
        settled=lambda node: ast.Constant("gru") if node.attr == "kind" else None,
    )
    assert decided.truth(ast.parse(test, mode="eval").body) is wanted


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("print(a)", 3),
        ("print(a)\na = 1", 3),
        ("for i in b:\n    print(i)\n    a = i", 2),
        ("print(b)\nfor a in b:\n    pass", 3),
        ("if a:\n    with b as a:\n        pass", 3),
        ("try:\n    b()\nexcept E as a:\n    pass", 4),
        ("import a", 2),
        ("print(b)\nf = lambda a: a", 1),
        ("def g():\n    nonlocal a\n    a = 1", 1),
    ],
)
def test_the_line_from_which_a_parameter_may_be_another_value(body: str, line: int):
    text = "def f(a, b):\n" + "\n".join(f"    {part}" for part in body.split("\n"))
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    assert first_set("a", function) == line


def test_a_parameter_decides_only_before_it_is_set():
    (first, last) = ast.parse("if pool:\n    pool = x\nif pool:\n    pass").body
    assert isinstance(first, ast.If)
    assert isinstance(last, ast.If)
    decided = Decided(Source("pass\n"), {"pool": ast.Constant(True)}, lambda _: None, {"pool": 2})
    assert decided.truth(first.test) is True
    assert decided.truth(last.test) is None
