"""The class of a session that stays, as it is written."""

from __future__ import annotations

import ast

from migrate.source.strategies.wrapping.class_text import Saving, class_text
from migrate.source.strategies.wrapping.live_class import of_live_session


def made(name: str = "Served", tf: str = "tensorflow") -> ast.ClassDef:
    text = of_live_session(class_text(name, tf, "context", Saving()), tf)
    (node,) = ast.parse(text.replace("\v", "\t")).body
    assert isinstance(node, ast.ClassDef)
    return node


def test_it_has_what_reads_a_session_in_place_of_what_stands_for_one():
    methods = [node.name for node in made().body if isinstance(node, ast.FunctionDef)]
    assert methods == ["__init__", "save", "_wrap", "_take_values", "_pruned", "_value", "_signature"]


def test_it_keeps_no_values_of_its_own():
    text = ast.unparse(made())
    assert "_steps" not in text
    assert text.count("_take_values()") == 1
    assert "session.run(" in text


def test_it_spells_tensorflow_as_the_file_does():
    assert "tf." not in ast.unparse(made())
    assert "TF." not in ast.unparse(made())
