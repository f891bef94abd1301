"""What takes the place of the export's calls."""

from __future__ import annotations

import pytest
from checks import check_native, script

W = "w = tf.Variable([1.0, 2.0, 3.0], name='w')"


def test_the_path_that_the_builder_returned():
    export = (
        "b = tf.saved_model.Builder('o')\n    b.add_meta_graph_and_variables(sess, ['serve'], "
        "{'k': tf.saved_model.predict_signature_def({'x': x}, {'y': y})})\n    path = b.save()\n    print(path)"
    )
    code = script(W, "y = x * w").replace("tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})", export)
    check_native(code, 'path = tf.io.gfile.join(tf.compat.as_bytes(export_dir), b"saved_model.pb")', "print(path)")


@pytest.mark.parametrize(("as_text", "file"), [("as_text=True", "pbtxt"), ("as_text=False", "pb"), ("", "pb")])
def test_as_text(as_text: str, file: str):
    export = (
        "b = tf.saved_model.Builder('o')\n    b.add_meta_graph_and_variables(sess, ['serve'], "
        f"{{'k': tf.saved_model.predict_signature_def({{'x': x}}, {{'y': y}})}})\n    b.save({as_text})"
    )
    code = script(W, "y = x * w").replace("tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})", export)
    after = check_native(code)
    assert ("_save_as_text(export_dir)" in after) == (file == "pbtxt")


def test_method_names_are_restored_with_nothing_stale():
    export = (
        "b = tf.saved_model.Builder('o')\n    b.add_meta_graph_and_variables(sess, ['serve'], "
        "{'k': tf.saved_model.regression_signature_def(s, tf.string_to_number(s)),"
        " 'p': tf.saved_model.predict_signature_def({'x': x}, {'y': y})})\n    b.save()"
    )
    code = script(W, "y = x * w", "s = tf.placeholder(tf.string, [None])").replace(
        "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})", export
    )
    after = check_native(code, "tf.saved_model.REGRESS_METHOD_NAME", "fingerprint")
    restored = after[after.rindex("_restore_method_names(") :]
    assert '"k"' in restored
    assert '"p"' not in restored
