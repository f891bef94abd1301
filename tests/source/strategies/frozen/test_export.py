"""Tests of exports of a frozen graph."""

from __future__ import annotations

import pytest
from frozen_scripts import frozen, rewritten

from migrate.engine import rewrite_source

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
        LOAD + "    d = {k: tf.saved_model.build_tensor_info(sess.graph.get_tensor_by_name(k)) for k in names}\n"
        "    b = tf.saved_model.Builder('out')\n"
        "    b.add_meta_graph_and_variables(sess, ['serve'], {'s': tf.saved_model.build_signature_def(d, d, 'm')})\n"
        "    b.save()\n",
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
    assert "TFM201" not in {site.rule for site in sites}


def test_keys_that_are_no_arguments_are_put_back():
    keys = "{'in': x, 'x:0': y, 'arg_in': sess.graph.get_tensor_by_name('z:0')}"
    code = LOAD + f"    tf.saved_model.simple_save(sess, 'out', {keys}, {{'out:0': y}})\n"
    whole = rewrite_source(frozen(code), "script.py").after
    assert "def _restore_input_keys(export_dir, keys):" in whole
    assert "from tensorflow.core.protobuf import saved_model_pb2\n" in whole
    after = rewritten(code)
    assert '"arg_in_1": x' in after
    assert '"arg_x_0": y' in after
    assert '{"out:0": y}' in after
    assert after.endswith("""\
_restore_input_keys(export_dir, {
    "serving_default": {"arg_in_1": "in", "arg_x_0": "x:0"},
})""")


def test_keys_and_tensors_that_only_running_the_code_tells():
    names = (
        "{n.name: sess.graph.get_tensor_by_name(n.name + ':0')\n     for n in graph_def.node if n.op == 'Placeholder'}"
    )
    code = LOAD + f"    tf.saved_model.simple_save(sess, 'out', {{key: x}}, {names})\n"
    after = rewritten(code)
    assert "            {key: x},\n" in after
    assert (
        "{n.name: graph.get_tensor_by_name(n.name + ':0') for n in graph_def.node if n.op == 'Placeholder'},\n" in after
    )


def test_the_default_graph_in_a_variable():
    code = (
        "def save(graph_def):\n"
        "    with tf.Session(graph=tf.Graph()) as sess:\n"
        "        tf.import_graph_def(graph_def, name='')\n"
        "        g = tf.get_default_graph()\n"
        "        h = sess.graph\n"
        "        x = g.get_tensor_by_name('x:0')\n"
        "        y = h.get_operation_by_name('y').outputs[0]\n"
        "        tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})\n"
        "parse\n"
        "save(graph_def)\n"
    )
    whole = rewrite_source(frozen(code), "script.py").after
    assert "def get_tensor_by_name(self, name):" in whole
    assert "def get_operation_by_name(self, name):" in whole
