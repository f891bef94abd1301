"""Tensors that are exported from another graph than that of their session."""

from __future__ import annotations

import pytest
from imported_scripts import HEAD, IMPORT, OTHER, SAVE, export, why_not, wrapped

INFOS = "infos = {k: tf.saved_model.utils.build_tensor_info(t) for k, t in WHAT}\n"
BUILDER = (
    "sig = tf.saved_model.signature_def_utils.build_signature_def(infos, infos, 'm')\n"
    "b = tf.saved_model.builder.SavedModelBuilder(path)\n"
    "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig})\nb.save()\n"
)
LOAD = """
def load(graph_def):
    graph = tf.Graph()
    with graph.as_default():
        x, y = tf.import_graph_def(graph_def, return_elements=['x:0', 'y:0'])
    return graph, x, y

def export(graph_def, path, model=None):
    graph, x, y = load(graph_def)
    with tf.Session(graph=graph) as sess:
        """


@pytest.mark.parametrize(
    "body",
    [
        IMPORT + "z = y\n" + SAVE.replace("{'y': y}", "{'y': z}"),
        IMPORT + "both = {'x': x, 'y': y}\n" + SAVE.replace("{'x': x}", "both"),
        IMPORT + "both = [x, y]\n" + SAVE.replace("{'x': x}", "{'x': both[0]}"),
        IMPORT + INFOS.replace("WHAT", "zip('xy', [x, y])") + BUILDER,
        IMPORT + INFOS.replace("WHAT", "{'x': x, 'y': y}.items()") + BUILDER,
        IMPORT + SAVE.replace("{'x': x}", "{'x': sess.graph.get_tensor_by_name('x:0')}"),
        IMPORT + SAVE.replace("{'x': x}", "{t.op.name: t for t in (x, y)}"),
        IMPORT + SAVE.replace("{'y': y}", "{'y': y * 2.}"),
        "x = None\nif path:\n    " + IMPORT + SAVE,
    ],
)
def test_what_is_made_in_the_graph(body: str):
    wrapped(export(body))


def test_tensors_that_are_given_stand_for_their_names():
    code = export("tf.import_graph_def(graph_def, name='')\n" + SAVE.replace("x}", "path.x}").replace("y}", "path[1]}"))
    wrapped(code)


def test_what_a_function_returns_with_the_graph():
    wrapped(HEAD + OTHER + LOAD + SAVE)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (IMPORT + SAVE.replace("{'y': y}", "{'y': graph_def.output}"), "graph_def.output"),
        (IMPORT + SAVE.replace("{'y': y}", "{'y': model.output}"), "model.output"),
        (IMPORT + SAVE.replace("{'y': y}", "{'y': KEPT}"), "KEPT"),
        (IMPORT + SAVE.replace("{'y': y}", "dict(y=KEPT[0])"), "KEPT[0]"),
        (IMPORT + INFOS.replace("WHAT", "graph_def.items()") + BUILDER, "t"),
        (IMPORT + SAVE.replace("{'y': y}", "{'y': other}"), "other"),
    ],
)
def test_what_is_of_another_graph(body: str, what: str):
    before = "    with tf.Graph().as_default():\n        other = tf.constant(1.)\n"
    code = export(body).replace("path):\n", "path):\n" + before) + "\nmodel = build()\nKEPT = tf.constant(1.)\n"
    assert f"{what} is made" in why_not(code)


def test_what_stands_beside_a_function_that_makes_the_graph():
    code = HEAD + OTHER + LOAD + SAVE.replace("{'y': y}", "{'y': model.output}")
    assert "model.output is made outside of the graph" in why_not(code)
