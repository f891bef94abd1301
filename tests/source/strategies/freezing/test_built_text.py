"""Tests of the class that gives the variables of a graph their values without a session."""

from __future__ import annotations

import ast

from migrate.source.strategies.freezing.built_text import built_class


def test_it_spells_modules_as_the_file_does():
    text = built_class("Graph", "tensorflow", "ids", "eager").replace("\t", "    ").replace("\v", "    ")
    (made,) = ast.parse(text).body
    names = {node.id for node in ast.walk(made) if isinstance(node, ast.Name)}
    assert {"tensorflow", "ids", "eager"} <= names
    assert names.isdisjoint({"tf", "uuid", "context"})
