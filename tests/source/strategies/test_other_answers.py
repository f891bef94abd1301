"""Code that asks for the very type of tensors, or whether dimensions are true."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate import rewrite_source
from migrate.results import Level

HEAD = "import numpy as np\nimport tensorflow as tf\nfrom tensorflow.python.framework import ops\n"
TAIL = """
x = tf.placeholder(tf.float32, [None, 3])
y = f(x)
with tf.Session() as sess:
    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})
"""


def site(condition: str):  # type: ignore[no-untyped-def]
    code = f"{HEAD}def f(x):\n    return x * (2.0 if {condition} else 3.0)\n{TAIL}"
    [found] = rewrite_source(code, "script.py").sites
    return found


@pytest.mark.parametrize(
    "condition",
    [
        "type(x) == tf.Tensor",
        "type(x) is not ops.Tensor",
        "type(x) in (np.ndarray, tf.Tensor)",
        "tf.Tensor != type(x)",
        "x.__class__ is tf.Tensor",
    ],
)
def test_a_question_that_tensorflow_2_answers_otherwise(condition: str) -> None:
    found = site(condition)
    assert found.level is Level.FLAGGED
    assert "asks whether a type is tf.Tensor itself" in found.reason


@pytest.mark.parametrize(
    "condition",
    ["x.shape[0]", "not x.get_shape()[0]", "(x.shape[0] or 1) == 1", "bool(x.shape[-1])", "(x.shape[1] and 1) == 1"],
)
def test_dimensions_that_are_taken_for_true(condition: str) -> None:
    found = site(condition)
    assert found.level is Level.FLAGGED
    assert "asks whether a dimension is true" in found.reason


def test_the_class_of_references() -> None:
    head = "from tensorflow.python.ops import variables\n"
    code = f"{HEAD}{head}def f(x):\n    return x if isinstance(x, variables.RefVariable) else -x\n{TAIL}"
    [found] = rewrite_source(code, "script.py").sites
    assert found.level is Level.FLAGGED
    assert "names RefVariable" in found.reason


def test_dimensions_with_names_that_are_taken_for_true() -> None:
    code = f"{HEAD}def f(x):\n    shape = x.shape\n    size = shape[0]\n    return x if size else -x\n{TAIL}"
    [found] = rewrite_source(code, "script.py").sites
    assert "asks whether a dimension is true" in found.reason
    [found] = rewrite_source(code.replace("size = shape", "size = 2\n    other = shape"), "script.py").sites
    assert found.level is not Level.FLAGGED


@pytest.mark.parametrize(
    "condition",
    [
        "isinstance(x, tf.Tensor)",
        "type(x) == np.ndarray",
        "x.dtype == tf.float32",
        "x.shape[1].value",
        "x.shape[1:]",
        "x.shape[1] == 3",
    ],
)
def test_other_questions(condition: str) -> None:
    assert site(condition).level is not Level.FLAGGED


def test_questions_of_other_modules(tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text(f"{HEAD}def f(x):\n    return x if type(x) == tf.Tensor else x + 1.0\n")
    script = tmp_path / "script.py"
    script.write_text(f"{HEAD}from helpers import f\n{TAIL}")
    [found] = rewrite_source(script.read_text(), str(script)).sites
    assert found.level is Level.FLAGGED
    assert "helpers.py asks whether a type is tf.Tensor itself" in str(found.refusals)
