"""The class that takes the session's place, in the text."""

from __future__ import annotations

from wrapping_code import BUILD, HEAD, INIT, SAVE, body_of, in_session, wrapped


def test_the_class_stands_in_front_of_the_function_and_is_imported_for():
    after = wrapped(in_session(INIT, SAVE)).after
    assert after.index("class WrappedGraph:") < after.index("def export")
    assert "from tensorflow.python.eager import context\n" in after


def test_names_that_are_taken_are_left_alone():
    code = in_session(INIT, SAVE, build="context = wrapped = WrappedGraph = 1\n" + BUILD)
    body = body_of(wrapped(code))
    assert "wrapped_2 = WrappedGraph_2()" in body
    assert "from tensorflow.python.eager import context as eager_context\n" in wrapped(code).after


def test_method_names_are_only_restored_where_they_may_be_others():
    assert "_restore_method_names" not in wrapped(in_session(INIT, SAVE)).after
    signature = "tf.saved_model.signature_def_utils.build_signature_def(i, i, path)"
    code = in_session(
        INIT, "i = {'x': tf.saved_model.utils.build_tensor_info(x)}\n",
        "b = tf.saved_model.builder.SavedModelBuilder('o')\n",
        f"b.add_meta_graph_and_variables(sess, ['serve'], {{'k': {signature}}})\nb.save()\n",
    )  # fmt: skip
    assert "def _restore_method_names(" in wrapped(code).after


def test_two_functions_that_export_share_the_class_and_its_helpers():
    save = SAVE.replace("{'x': x}", "{x.name: x}")
    code = in_session(INIT, save).replace("def export(path=None):\n", "def export(path=None):\n  with GRAPH:\n")
    code = code.replace("GRAPH", "tf.Graph().as_default()")
    code += code[len(HEAD) :].replace("def export(", "def other(")
    result = wrapped(code)
    assert [line for line in result.after.splitlines() if line.startswith("class ")] == ["class WrappedGraph:"]
    assert result.after.count("def _restore_input_keys(") == 1
    assert result.after.count(" = WrappedGraph()\n") == 2


def test_two_functions_of_the_default_graph_get_one_each():
    code = in_session(INIT, SAVE.replace("o)", "dict(o))"))
    code += code[len(HEAD) :].replace("def export(", "def other(")
    after = wrapped(code).after
    assert after.count("class WrappedGraph") == 1
    assert after.count("    with tf.Graph().as_default():\n        tf.compat.v1.disable_control_flow_v2()\n") == 2
