"""Tests of exports of a frozen graph."""

from __future__ import annotations

import pytest
from frozen_scripts import frozen, rewritten

from migrate.engine import rewrite_source
from migrate.results import Level

LOAD = """
with tf.Session(graph=tf.Graph()) as sess:
    parse
    tf.import_graph_def(graph_def, name='')
    x = sess.graph.get_tensor_by_name('x:0')
    y = sess.graph.get_tensor_by_name('y:0')
"""
SAVE = "    tf.saved_model.simple_save(sess, {directory}, {{'{key}': x}}, {{'y': y}})\n"


def test_simple_save():
    after = rewritten(LOAD + SAVE.format(directory="out", key="x"))
    assert after.endswith("""\
if tf.io.gfile.exists(out) and tf.io.gfile.listdir(out):
    raise AssertionError(f"Export directory is not empty: {out}")
tf.saved_model.save(
    tf.Module(),
    out,
    signatures={
        "serving_default": graph.signature(
            {"x": x},
            {"y": y},
        ),
    },
)""")


def test_a_directory_that_is_no_name_is_asked_for_once():
    after = rewritten(LOAD + SAVE.format(directory="where()", key="x"))
    assert after.count("where()") == 1
    assert "    export_dir,\n" in after


def test_a_builder_with_what_only_served_it():
    after = rewritten(
        LOAD + "    builder = tf.saved_model.Builder('out')\n"
        "    info = tf.saved_model.build_tensor_info(x)\n"
        "    signature = tf.saved_model.build_signature_def({'x': info}, {'y': tf.saved_model.build_tensor_info(y)}, 'm')\n"
        "    init = tf.group(tf.tables_initializer())\n"
        "    builder.add_meta_graph_and_variables(sess, ['serve'], {'s': signature}, legacy_init_op=init)\n"
        "    builder.save()\n"
    )
    assert "info" not in after
    assert "init" not in after
    assert "'m'" in after
    assert after.index("is not empty") < after.index("tf.saved_model.save(")


@pytest.mark.parametrize(
    "code",
    [
        LOAD + SAVE.format(directory="out", key="x:0"),
        LOAD + "    y = other()\n" + SAVE.format(directory="out", key="x"),
        LOAD + "    tf.saved_model.simple_save(sess, 'out', {'a': x, 'b': x}, {'y': y})\n",
        LOAD + "    op = y.op\n    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y}, legacy_init_op=op)\n",
    ],
)
def test_what_tf2_could_not_export_is_not_wrapped(code: str):
    sites = rewrite_source(frozen(code), "script.py").sites
    assert "TFM201" not in {site.rule for site in sites}


def test_the_default_graph_is_exported_and_no_other():
    code = LOAD + SAVE.format(directory="out", key="x").lstrip()
    sites = rewrite_source(frozen(code), "script.py").sites
    assert "TFM201" not in {site.rule for site in sites}


def test_an_export_of_another_session_is_no_part_of_it():
    code = LOAD + "print(sess.run(y, {x: 1}))\nwith tf.Session() as other:\n" + SAVE.format(directory="out", key="x")
    sites = rewrite_source(frozen(code.replace("save(sess", "save(other")), "script.py").sites
    assert Level.WRAPPED not in {site.level for site in sites}
