"""Attributes that stand for one thing."""

from __future__ import annotations

import ast

import pytest
from wrapping_code import view_of

from migrate.source.strategies.wrapping.attributes import attribute_reads, free_attribute, function_of
from migrate.source.unprovable import Unprovable

CODE = """
import tensorflow as tf


class A:
    def __init__(self):
        self.b = tf.saved_model.builder.SavedModelBuilder('a')

    def use(self):
        self.b.save()
"""


def reads(code: str) -> list[str]:
    view = view_of(code)
    stored = next(
        node for node in ast.walk(view.tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    )
    return [ast.unparse(view.parents[node]) for node in attribute_reads(stored, view)]


def test_methods_of_the_class_read_it():
    assert reads(CODE) == ["self.b.save"]


@pytest.mark.parametrize(
    "more",
    ["print(A().b)\n", "def f(self):\n    return self.b\n", "class C:\n    def f(self):\n        return self.b\n"],
)
def test_other_code_that_reads_it_is_refused(more: str):
    with pytest.raises(Unprovable, match="other ways"):
        reads(CODE + more)


def test_an_attribute_that_is_set_twice_is_refused():
    with pytest.raises(Unprovable, match="other ways"):
        reads(CODE + "\n    def again(self):\n        self.b = None\n")


def test_a_free_name_is_one_that_nothing_has():
    view = view_of(CODE + "A().export_dir = 1\n")
    assert free_attribute("export_dir", view) == "export_dir_2"
    assert free_attribute("use", view) == "use_2"
    assert free_attribute("path", view) == "path"


def test_what_stands_in_no_function_stands_in_the_module():
    view = view_of(CODE)
    assert function_of(view.tree.body[0], view) is view.symbols.module
    assert function_of(view.candidates[0].call, view) is view.candidates[0].scope
