from __future__ import annotations

import ast

import pytest

from migrate.source.layers.helpers import function_name, function_text


@pytest.mark.parametrize("lengths", [False, True])
@pytest.mark.parametrize(
    ("cell", "weights"),
    [
        ("lstm", ["kernel", "bias", "forget_bias"]),
        ("gru", ["gates_kernel", "gates_bias", "candidate_kernel", "candidate_bias"]),
        ("rnn", ["kernel", "bias"]),
    ],
)
def test_a_function_takes_the_input_the_size_and_the_weights(cell: str, weights: list[str], lengths: bool):
    text = "\n".join(function_text("run", cell, "tf1", lengths=lengths))
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    expected = ["inputs", "units", *weights, *(["lengths"] if lengths else [])]
    assert [argument.arg for argument in function.args.args] == expected
    assert "TF." not in text
    assert max(map(len, text.split("\n"))) <= 120


def test_names_differ():
    assert function_name("gru", lengths=True) != function_name("gru", lengths=False)
