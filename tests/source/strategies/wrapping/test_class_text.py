"""The class that takes the place of a session, as it is written."""

from __future__ import annotations

import ast

import pytest

from migrate.source.strategies.wrapping.class_text import class_text


@pytest.mark.parametrize("setter", [None, "restore_method_names"])
def test_it_is_a_class_that_spells_things_as_the_file_does(setter: str | None):
    text = class_text("Served", "tensorflow", "eager_context", setter).replace("\v", "\t")
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.ClassDef)
    assert node.name == "Served"
    assert "tf." not in text
    assert ("method_name" in text) == (setter is not None)
    read = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    assert {"tensorflow", "eager_context"} <= read
