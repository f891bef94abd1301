"""The tensors of Keras models, behind the names they go by."""

from __future__ import annotations

import ast

import pytest
from checks import expression, region

from migrate.source.strategies.keras.tensors import model_tensor


def tensor(code: str, text: str) -> tuple[str, str, int | None] | None:
    found = region(f"{code}\nuse({text})\n")
    made = model_tensor(expression(found, text), found)
    return (ast.unparse(made.model), made.attribute, made.index) if made is not None else None


@pytest.mark.parametrize(
    ("code", "text", "wanted"),
    [
        ("", "model.input", ("model", "input", None)),
        ("", "self.net.model.outputs[-1]", ("self.net.model", "outputs", -1)),
        ("", "model.input[1]", ("model", "input", 1)),
        ("", "model.layers[-2].output", ("model", "inner", None)),
        ("", "model.get_layer('pooled').output", ("model", "inner", None)),
        ("", "model.get_output_at(0)", ("model", "output", None)),
        ("x = model.inputs[0]\ny = x", "y", ("model", "inputs", 0)),
        ("a, b = model.inputs", "b", ("model", "inputs", 1)),
    ],
)
def test_a_tensor_of_a_model(code: str, text: str, wanted: tuple[str, str, int | None]):
    assert tensor(code, text) == wanted


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("", "model.output[:, 0]"),
        ("", "model.output[i]"),
        ("", "make().output"),
        ("", "model.layers[i].output"),
        ("", "model.get_output_at(1)"),
        ("", "model.weights"),
        ("x = model.input\nx += 1", "x"),
        ("if c:\n    x = model.input\nelse:\n    x = model.output", "x"),
    ],
)
def test_what_is_none(code: str, text: str):
    assert tensor(code, text) is None
