"""Tests of graphs that code builds and freezes, and of what takes the place of their sessions."""

from __future__ import annotations

import pytest
from checks import refusal, rewrite

from migrate.results import Level
from migrate.source.candidates import SiteKind
from migrate.source.strategies.freezing.built import plan_built

CONVERT = "tf.graph_util.convert_variables_to_constants"
SCRIPT = """\
import tensorflow as tf


def network(x):
    w = tf.get_variable('w', [4, 2])
    return tf.matmul(x, w, name='y')


def freeze(checkpoint, path):
    x = tf.placeholder(tf.float32, [None, 4], name='x')
    network(x)
    {before}
    with tf.Session({session}) as sess:
        {inside}
        tf.train.Saver().restore(sess, checkpoint)
        {after}
        frozen = tf.graph_util.convert_variables_to_constants(
            sess, {graph_def},  # all of it
            ['y']{more})
    tf.train.write_graph(frozen, path, 'y.pb', as_text=False)
"""


def script(**given: str) -> str:
    parts = {"before": "pass", "session": "", "inside": "pass", "after": "pass", "graph_def": "sess.graph_def"}
    return SCRIPT.format(**{**parts, "more": "", **given})


def after(code: str) -> str:
    """The new text of a script whose sites all go without their sessions."""
    result = rewrite(code)
    assert {(site.level, site.rule) for site in result.sites} == {(Level.WRAPPED, "TFM217")}
    assert "Session" not in result.after
    return result.after


def test_the_graph_is_one_of_its_own_and_the_session_is_gone():
    text = after(script(inside="sess.run(tf.global_variables_initializer())"))
    assert (
        "    with tf.Graph().as_default():\n"
        "        tf.compat.v1.disable_control_flow_v2()\n"
        "        tf.compat.v1.get_variable_scope().set_use_resource(False)\n"
        "        x = tf.compat.v1.placeholder(tf.float32, [None, 4], name='x')\n" in text
    )
    assert "        built = BuiltGraph()\n        built.run(tf.compat.v1.global_variables_initializer())\n" in text
    assert "        built.restore(tf.compat.v1.train.Saver(), checkpoint)\n" in text
    assert "        frozen = freeze_variables(\n            built, built.graph.as_graph_def(),  # all of it\n" in text
    assert "\n    tf.io.write_graph(frozen, path, 'y.pb', as_text=False)\n" in text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"graph_def": "sess.graph.as_graph_def()"}, "built, built.graph.as_graph_def(),"),
        ({"graph_def": "tf.get_default_graph().as_graph_def()"}, "built, tf.compat.v1.get_default_graph().as_graph_"),
        ({"inside": "for op in sess.graph.get_operations(): print(op)"}, "for op in built.graph.get_operations():"),
        ({"session": "config=tf.ConfigProto()"}, "built = BuiltGraph()"),
        ({"more": ", variable_names_blacklist=['step']"}, "variable_names_blacklist=None,"),
    ],
)
def test_how_graphs_are_frozen(given: dict[str, str], text: str):
    assert text in after(script(**given))


def test_a_function_is_given_the_session():
    code = script().replace(
        "        frozen = tf.graph_util.convert_variables_to_constants(\n"
        "            sess, sess.graph_def,  # all of it\n            ['y'])\n"
        "    tf.train.write_graph(frozen, path, 'y.pb', as_text=False)\n",
        "        save(sess, ['y'], path)\n",
    )
    helper = (
        "\n\ndef save(session, names, path):\n"
        f"    frozen = {CONVERT}(session, session.graph_def, names)\n"
        "    tf.train.write_graph(frozen, path, 'y.pb', as_text=False)\n"
    )
    text = after(code + helper)
    assert "        save(built, ['y'], path)\n" in text
    assert "frozen = freeze_variables(session, session.graph.as_graph_def(), names)" in text


def test_two_graphs_of_a_file_share_the_class():
    code = script() + "\n\n" + script().partition("\n\n\n")[2].replace("freeze(", "freeze_too(").partition("\n\n\n")[2]
    text = after(code)
    assert text.count("class BuiltGraph") == 1
    assert text.count("def freeze_variables") == 1
    assert text.count(" = BuiltGraph()") == 2


def test_a_graph_with_a_name_is_told_where_it_is_entered():
    code = """
    import tensorflow as tf

    def freeze(checkpoint):
        graph = tf.Graph()
        with graph.as_default():
            tf.get_variable('w', [2])
            saver = tf.train.Saver()
        with tf.Session(graph=graph) as sess:
            saver.restore(sess, checkpoint)
            return tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ['w'])
    """
    text = after(code)
    assert (
        "    graph = tf.Graph()\n    with graph.as_default():\n"
        "        tf.compat.v1.get_variable_scope().set_use_resource(False)\n" in text
    )
    assert text.count("set_use_resource") == 1


def test_functions_with_other_nodes_are_not_put_in_the_place_of_others():
    code = script(before="tf.identity(tf.to_float(tf.argmax(tf.ones([2, 2]), dimension=1)))")
    assert "tf.identity(tf.compat.v1.to_float(tf.compat.v1.argmax(tf.ones([2, 2]), dimension=1)))" in after(code)


def test_an_export_of_another_function_is_no_hindrance():
    export = (
        "\n\ndef export(path):\n    with tf.Graph().as_default(), tf.Session() as sess:\n"
        "        x = tf.placeholder(tf.float32, [None])\n"
        "        tf.saved_model.simple_save(sess, path, {'x': x}, {'y': x * 2})\n"
    )
    result = rewrite(script() + export)
    assert [site.level for site in result.sites] == [Level.WRAPPED, Level.NATIVE]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (script(after="print(sess.run('y:0', {'x:0': [[1, 2, 3, 4]]}))"), "more than to initialize"),
        (script(after="train(sess)"), "more than to initialize"),
        (script(inside="tf.saved_model.simple_save(sess, path, {}, {})"), "also exports models"),
        (script(before="tf.enable_resource_variables()"), "which kind of variables"),
        (script(before="tf.train.import_meta_graph(checkpoint + '.meta')"), "MetaGraphDef may be of either kind"),
        (script(before="tf.get_variable('v', [2], use_resource=True)"), "use_resource"),
        (script(before="tf.contrib.unheard_of(x)"), "ended with TensorFlow 1"),
        (script(before="tf.keras.layers.Dense(2)(x)"), "Keras"),
        (script().replace("convert_variables_to_constants(", "convert_variables_to_constants(*"), "or \\*\\*"),
        (
            script().replace("with tf.Session() as sess:", "sess = connect()\n    if sess:"),
            "the session sess comes from elsewhere",
        ),
    ],
)
def test_what_keeps_its_session(code: str, reason: str):
    assert reason.replace("\\", "") in refusal(plan_built, code, SiteKind.FREEZE)


def test_seeds_of_graphs_count_operations():
    code = script(before="tf.set_random_seed(1)").replace(
        "tf.train.Saver().restore(sess, checkpoint)", "sess.run(tf.global_variables_initializer())"
    )
    assert "seed of the graph" in refusal(plan_built, code, SiteKind.FREEZE)
