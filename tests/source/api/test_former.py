"""Calls of tf.contrib that TF2 has under another name."""

from __future__ import annotations

import ast

import pytest

from migrate.source import api

XAVIER = "contrib.layers.xavier_initializer"


def translated(name: str, call: str) -> str | None:
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    texts, starred = api.texts_of(node)
    answer = api.translate_former(name, texts, starred=starred)
    if answer is None:
        return None
    assert answer.arguments is not None
    return f"{answer.name}({', '.join(argument.render(texts) for argument in answer.arguments)})"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("f()", "()"),
        ("f(seed=1)", "(seed=1)"),
        ("f(True, seed, tf.float64)", "(seed=seed, dtype=tf.float64)"),
        ("f(dtype=tf.float64, uniform=True)", "(dtype=tf.float64)"),
    ],
)
def test_uniform_xavier_is_glorot(call: str, expected: str):
    assert translated(XAVIER, call) == f"compat.v1.glorot_uniform_initializer{expected}"
    assert translated(f"{XAVIER}_conv2d", call) == f"compat.v1.glorot_uniform_initializer{expected}"


@pytest.mark.parametrize(
    "call",
    ["f(False)", "f(uniform=False)", "f(uniform=flag)", "f(**more)", "f(*more)", "f(True, 1, t, 2)", "f(stddev=1)"],
)
def test_others_are_not(call: str):
    assert translated(XAVIER, call) is None


def test_nor_are_other_functions():
    assert translated("contrib.layers.variance_scaling_initializer", "f()") is None
