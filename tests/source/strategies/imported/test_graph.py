"""Graphs without variables: the plan as a whole."""

from __future__ import annotations

import pytest
from checks import rewrite
from imported_scripts import HEAD, IMPORT, OTHER, SAVE, body_of, export, wrapped


def test_session_code_beside_it_keeps_the_behaviour_of_tf1():
    after = wrapped(export()).after
    assert after.startswith("import tensorflow.compat.v1 as tf\n")
    assert "tf.disable_v2_behavior()" in after
    assert "return sess.run(x * 2, {x: [1.0]})" in after
    assert after.index("def save_graph(") < after.index("def export(")


def test_without_such_code_tf2_keeps_its_own():
    joined = "y, = tf.import_graph_def(graph_def, input_map={'x:0': y}, return_elements=['y:0'])\n"
    after = wrapped(export(IMPORT + joined + SAVE).replace(OTHER, "")).after
    assert after.startswith("import tensorflow as tf\n")
    assert "disable_v2_behavior" not in after
    assert "disable_control_flow_v2" not in after


def test_loops_are_those_of_tf1():
    code = export(IMPORT + "y = tf.while_loop(lambda i: i < 3., lambda i: i + 1., [y])\n" + SAVE)
    assert "disable_control_flow_v2" not in wrapped(code).after
    assert "tf.compat.v1.disable_control_flow_v2()" in body_of(wrapped(code.replace(OTHER, "")))


def test_the_default_graph_is_only_left_in_session_code():
    code = export(around="with tf.Session() as sess:")
    assert "save_graph(tf.compat.v1.get_default_graph(), path" in body_of(wrapped(code))
    assert {site.rule for site in rewrite(code.replace(OTHER, "")).sites} == {"TFM206"}


def test_several_exports_share_the_functions():
    code = export(IMPORT + SAVE + SAVE.replace("path", "path + 'b'"))
    result = wrapped(code + export().removeprefix(HEAD + OTHER).replace("export", "again"))
    assert len(result.sites) == 3
    assert result.after.count("def save_graph") == 1


def test_what_only_the_running_program_knows_stays():
    lines = (
        "i = {x.name: tf.saved_model.utils.build_tensor_info(x)}\n"
        "s = tf.saved_model.signature_def_utils.build_signature_def(i, i, path)\n"
        "b = tf.saved_model.builder.SavedModelBuilder(path)\n"
        "b.add_meta_graph_and_variables(sess, [path], {'k': s})\n"
        "b.save(as_text=path == 't')\n"
    )
    after = wrapped(export(IMPORT + lines)).after
    for helper in ("_restore_tags", "_save_as_text", "_restore_input_keys", "_argument_names"):
        assert f"def {helper}(" in after
    assert "method_names" in after


def test_functions_that_import_belong_to_the_export():
    helper = "def load(graph_def):\n    return tf.import_graph_def(graph_def, return_elements=['x:0', 'y:0'])\n\n"
    parsed = "graph_def = tf.GraphDef()\ngraph_def.ParseFromString(path)\n"
    code = export(parsed + "x, y = load(graph_def)\n" + SAVE).replace("\ndef export", f"\n{helper}\ndef export")
    assert {site.kind for site in wrapped(code).sites} == {"simple_save", "frozen_graph"}
    shared = code + "\ndef show(graph_def):\n    with tf.Session() as sess:\n        print(sess.run(load(graph_def)))\n"
    assert {site.rule for site in rewrite(shared).sites} >= {"TFM210", "TFM304"}


@pytest.mark.parametrize("name", ["save_graph", "signature_function"])
def test_names_that_are_taken_are_left_alone(name: str):
    assert f"def {name}_2(" in wrapped(export() + f"\n{name} = 1\n").after


MAIN = "\nif __name__ == '__main__':\n    export(open('g.pb'), 'out')\n"
OBJECT = """
class Exporter:
    def __init__(self, graph_def):
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.x, self.y = tf.import_graph_def(graph_def, return_elements=['x:0', 'y:0'])
        self.sess = tf.Session(graph=self.graph)

    def save(self, path):
        with self.graph.as_default():
            tf.saved_model.simple_save(self.sess, path, {'x': self.x}, {'y': self.y})

def export(graph_def, path):
    graph_def.ParseFromString(path)
    Exporter(graph_def).save(path)
"""


def test_what_exports_may_be_a_helper_or_an_object():
    save = "def save(sess, x, y, path):\n    " + SAVE
    code = export(IMPORT + "save(sess, x, y, path)\n").replace("\ndef export", f"\n{save}\ndef export") + MAIN
    assert "save_graph(graph, path" in body_of(wrapped(code))
    result = wrapped(HEAD + OTHER + OBJECT + MAIN)
    assert {site.kind for site in result.sites} == {"simple_save", "frozen_graph"}
    assert "save_graph(graph, path" in body_of(result)
    assert "Exporter" not in result.after
