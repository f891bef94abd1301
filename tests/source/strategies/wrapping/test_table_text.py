"""Lookup tables of a graph that is wrapped."""

from __future__ import annotations

import ast
import uuid
from pathlib import Path

import pytest
from wrapping_code import INIT, SAVE, body_of, in_session, wrapped

from migrate.signatures.quiet import import_tensorflow
from migrate.source.strategies.wrapping.class_text import Saving, class_text
from migrate.source.strategies.wrapping.table_text import table_class

TABLE = "t = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(['a'], [1]), 0)\n"


def test_a_graph_with_tables_brings_their_class():
    result = wrapped(in_session(TABLE, "sess.run(tf.tables_initializer())\n", INIT, SAVE))
    assert "import uuid\n" in result.after
    assert "GraphTable(op)" in result.after
    assert "wrapped.run(tf.compat.v1.tables_initializer())" in body_of(result)


def test_names_that_are_taken_are_not_used():
    result = wrapped("uuid = GraphTable = None\n" + in_session(TABLE, INIT, SAVE))
    assert "import uuid as table_uuid\n" in result.after
    assert "{table_uuid.uuid4()}" in result.after
    assert "GraphTable_2(op)" in result.after


def test_others_do_without():
    assert "Table" not in wrapped(in_session(INIT, SAVE)).after


@pytest.mark.slow
@pytest.mark.tensorflow
def test_tables_are_filled_from_the_files_of_the_model(tmp_path: Path):
    tf = import_tensorflow()
    from tensorflow.python.eager import context

    v1, words = tf.compat.v1, tmp_path / "words.txt"
    words.write_text("a\nb\n")
    names = {"tf": tf, "uuid": uuid, "context": context}
    for text in (table_class("Table", "tf", "uuid"), class_text("Wrapped", "tf", "context", Saving(tables="Table"))):
        exec(text.replace("\t", "    ").replace("\v", "    "), names)
        ast.parse(text.replace("\t", "    ").replace("\v", "    "))
    with tf.Graph().as_default():
        keys = v1.placeholder(tf.string, [None])
        whole, line = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        reader = tf.lookup.TextFileInitializer(str(words), tf.string, whole, tf.int64, line)
        found = v1.lookup.StaticHashTable(reader, -1).lookup(keys)
        signature = v1.saved_model.predict_signature_def({"keys": keys}, {"found": found})
        names["Wrapped"]().save(str(tmp_path / "out"), {"serving_default": signature})
    words.unlink()
    assert (tmp_path / "out" / "assets" / "words.txt").read_text() == "a\nb\n"
    serve = tf.saved_model.load(str(tmp_path / "out")).signatures["serving_default"]
    assert serve(keys=tf.constant(["b", "c", "a"]))["found"].numpy().tolist() == [1, -1, 0]
