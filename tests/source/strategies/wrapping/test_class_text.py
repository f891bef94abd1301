"""The class that takes the place of a session, as it is written."""

from __future__ import annotations

import ast

import pytest

from migrate.source.strategies.wrapping.class_text import Saving, class_text


@pytest.mark.parametrize("setter", [None, "restore_method_names"])
def test_it_is_a_class_that_spells_things_as_the_file_does(setter: str | None):
    text = class_text("Served", "tensorflow", "eager_context", Saving(setter)).replace("\v", "\t")
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.ClassDef)
    assert node.name == "Served"
    assert "tf." not in text
    assert ("method_name" in text) == (setter is not None)
    read = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    assert {"tensorflow", "eager_context"} <= read


def test_what_the_save_leaves_to_do():
    text = class_text("Served", "tf", "context", Saving(None, keys=True, tags=None, text=True, path=True))
    save = next(
        node
        for node in ast.walk(ast.parse(text.replace("\v", "\t")))
        if isinstance(node, ast.FunctionDef) and node.name == "save"
    )
    lines = ast.unparse(save)
    assert "def save(self, export_dir, signature_def_map, tags=None, as_text=False):" in lines
    assert "_restore_input_keys(export_dir, keys)" in lines
    assert "if tags is not None:\n            _restore_tags(export_dir, tags)" in lines
    assert "file = b'saved_model.pbtxt' if as_text else b'saved_model.pb'" in lines
    # Each works on saved_model.pb, which is no more after the last one.
    assert lines.index("_restore_tags(") < lines.index("_save_as_text(")


@pytest.mark.parametrize(("tables", "given"), [(None, "batches"), ("Table", "{**handles, **batches}")])
def test_batches_are_inputs(tables: str | None, given: str):
    text = class_text("Served", "tf2", "context", Saving(batches=True, tables=tables)).replace("\v", "\t")
    ast.parse(text)
    assert f"tf2.compat.v1.train.import_meta_graph(meta_graph, input_map={given})" in text
    assert "self._batches.get(name, name)" in text
    assert "_batches" not in class_text("Served", "tf", "context", Saving(tables=tables))
