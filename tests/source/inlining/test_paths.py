"""Functions by their names."""

from __future__ import annotations

import ast

import pytest

from migrate.source.inlining.paths import definition_at
from migrate.source.unprovable import Unprovable

TREE = ast.parse("def f():\n    def g(): pass\n    def h(): pass\n    if f: \n        def h(): pass\n")


def test_the_function_of_some_names():
    found = definition_at(TREE, ("f", "g"))
    assert isinstance(found, ast.FunctionDef)
    assert found.lineno == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [("h", "'h' is defined several times"), ("i", "'i' stands inside of code that is read at its calls")],
)
def test_none_and_several_are_told_apart(name: str, reason: str):
    with pytest.raises(Unprovable, match=reason):
        definition_at(TREE, ("f", name))
