"""Tests of texts in which some parts are new."""

from __future__ import annotations

import ast

import pytest

from migrate.settings import Settings
from migrate.source.strategies.frozen.text import spliced
from migrate.source.view import ModuleView


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("f(a, b)", "f(NEW, b)"),
        ("f('gr\u00fcn', a)", "f('gr\u00fcn', NEW)"),
        ("f(\n    a,  # first\n    b + a)", "f(\n    NEW,  # first\n    b + NEW)"),
        ("a", "NEW"),
        ("f(b)", "f(b)"),
    ],
)
def test_spliced(code: str, after: str):
    tree = ast.parse(code)
    view = ModuleView(code, tree, "-", Settings())
    (statement,) = tree.body
    assert isinstance(statement, ast.Expr)
    texts = {node: "NEW" for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "a"}
    assert spliced(statement.value, texts, view) == after


def test_names_get_tf2s_spelling_where_nothing_else_changes():
    code = "import tensorflow as tf\ntf.gfile.Open(x)\n"
    tree = ast.parse(code)
    statement = tree.body[1]
    assert isinstance(statement, ast.Expr)
    assert spliced(statement.value, {}, ModuleView(code, tree, "-", Settings())).startswith("tf.io.gfile")
