"""The class of an export: what its constructor and its methods hold."""

from __future__ import annotations

import ast

import pytest
from checks import check_native, script


def method(after: str, name: str) -> str:
    (model,) = (node for node in ast.parse(after).body if isinstance(node, ast.ClassDef))
    return next(ast.unparse(node) for node in model.body if isinstance(node, ast.FunctionDef) and node.name == name)


def in_function(code: str) -> str:
    head, _, body = code.partition("\n\n")
    return f"{head}\n\ndef main():\n" + "".join(f"    {line}\n" for line in body.splitlines()) + "\nmain()\n"


@pytest.mark.parametrize("again", ["scale * 2.0", "scale"])
def test_plain_python_that_an_output_needs_comes_with_what_it_is_made_of(again: str):
    code = in_function(script("scale = 1.5", f"scale = {again}", outputs="{'y': tf.multiply(x, scale)}"))
    made = method(check_native(code), "serving_default")
    assert made.index("scale = 1.5") < made.index(f"scale = {again}") < made.index("tf.multiply(x, scale)")


def test_plain_python_that_nothing_of_a_signature_needs_is_left_out():
    code = in_function(script("scale = 1.5", "other = 2.5", "y = x * scale", "print(other)"))
    made = method(check_native(code), "serving_default")
    assert "scale = 1.5" in made
    assert "other" not in made


def test_variables_are_made_once_with_their_tf1_names():
    code = script("w = tf.Variable([1.0, 2.0, 3.0], name='w')", "v = tf.Variable(2.0)", "y = x * w + v")
    made = method(check_native(code), "__init__")
    assert made.count("tf.Variable(") == 2
    assert "name='w'" in made
    assert "name='Variable'" in made


def test_a_class_without_variables_has_no_constructor():
    after = check_native(script("y = x * 2.0"))
    assert "def __init__" not in after
