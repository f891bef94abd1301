"""Tests of the text of the class: only what the module needs is in it."""

from __future__ import annotations

import ast

import pytest

from migrate.source.strategies.frozen.written_class import class_text


def parts(text: str) -> set[str]:
    (made,) = ast.parse(text.replace("\v", "    ").replace("\t", "    ")).body
    assert isinstance(made, ast.ClassDef)
    return {node.name for node in made.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    ("called", "exported", "expected"),
    [
        (True, False, {"__init__", "__call__"}),
        (False, True, {"__init__", "signature"}),
        (True, True, {"__init__", "__call__", "signature"}),
    ],
)
def test_what_it_can_do(called: bool, exported: bool, expected: set[str]):
    assert parts(class_text("G", "tf", "np", (), elements=False, called=called, exported=exported)) == expected


def test_methods_of_the_graph_and_elements():
    text = class_text("G", "tf", "np", {"get_tensor_by_name"}, elements=True, called=True, exported=False)
    assert parts(text) == {"__init__", "get_tensor_by_name", "__call__"}
    assert "self.elements = tf.import_graph_def(" in text
    assert "init_scope" not in text


def test_where_its_graph_may_be_the_default_one_it_runs_outside_of_it():
    text = class_text("G", "tf", "np", {"as_default"}, elements=False, called=True, exported=False)
    assert "with tf.init_scope():" in text
