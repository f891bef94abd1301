"""Tests of MetaGraphs that are restored and frozen without a session."""

from __future__ import annotations

import pytest
from checks import refusal, rewrite

from migrate.results import Level
from migrate.source.candidates import SiteKind
from migrate.source.strategies.freezing.meta_graph import plan_meta_graph

FREEZE = """
import tensorflow as tf
from tensorflow.python.framework import graph_util


def freeze(path, out, names):
    saver = tf.train.import_meta_graph(path + '.meta'{options})
    input_graph_def = tf.get_default_graph().as_graph_def()
    {before}
    with tf.Session() as sess:
        saver.restore(sess, path)
        {inside}
        frozen = graph_util.convert_variables_to_constants(
            sess=sess,  # its values
            input_graph_def={graph_def},
            output_node_names=names.split(','){more})
        with tf.gfile.GFile(out, 'wb') as f:
            f.write(frozen.SerializeToString())
"""


def script(
    options: str = "",
    before: str = "pass",
    inside: str = "pass",
    graph_def: str = "input_graph_def",
    more: str = "",
) -> str:
    given = {"{options}": options, "{before}": before, "{inside}": inside, "{graph_def}": graph_def, "{more}": more}
    code = FREEZE
    for mark, text in given.items():
        code = code.replace(mark, text)
    return code


def after(code: str) -> str:
    """The new text of a script whose sites are all wrapped."""
    result = rewrite(code)
    assert {site.rule for site in result.sites} == {"TFM212"}, [site.refusals for site in result.sites]
    return result.after


def test_the_call_keeps_its_layout_and_its_comments():
    text = after(script())
    assert "    model = RestoredGraph(path + '.meta')\n    input_graph_def = model.as_graph_def()\n" in text
    assert "    model.restore(path)\n" in text
    assert (
        "frozen = freeze_variables(\n        sess=model,  # its values\n        input_graph_def=input_graph_def,\n"
        in text
    )
    assert "Session" not in text
    assert "clear_devices" not in text


@pytest.mark.parametrize(
    "graph_def", ["sess.graph_def", "sess.graph.as_graph_def()", "tf.get_default_graph().as_graph_def()"]
)
def test_every_way_to_the_graph_def_is_the_object_s(graph_def: str):
    assert "input_graph_def=model.as_graph_def()," in after(script(graph_def=graph_def))


def test_devices_are_cleared_where_the_import_does_it():
    text = after(script(options=", clear_devices=True"))
    assert 'node.device = ""' in text
    assert "RestoredGraph(path + '.meta', clear_devices=True)" in text


def test_what_the_code_does_to_the_graph_def_stays():
    edits = "for node in input_graph_def.node: node.device = ''"
    assert "input_graph_def.node: node.device = ''" in after(script(inside=edits))


def test_two_functions_share_the_class():
    code = script()
    text = after(code + code.replace("def freeze", "def other").partition("graph_util\n")[2])
    assert text.count("class RestoredGraph") == text.count("def freeze_variables") == text.count("import numpy") == 1


def test_what_is_run_beside_it_is_run_by_the_object():
    assert "print(model.run('y:0'))" in after(script(inside="print(sess.run('y:0'))"))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"inside": "sess.run(tf.global_variables_initializer())"}, "initialized after"),
        ({"inside": "tf.identity(sess.graph.get_tensor_by_name('y:0'), name='z')"}, "otherwise than in a run"),
        ({"inside": "saver.save(sess, out)"}, "more than restore"),
        ({"options": ", input_map={}"}, "options"),
        ({"inside": "fill(sess)"}, "used for something else"),
        ({"graph_def": "sess.graph.as_graph_def(add_shapes=True)"}, "in a particular way"),
        ({"before": "x = tf.placeholder(tf.float32)"}, "otherwise than in a run"),
    ],
)
def test_what_is_not_only_restored_and_frozen_keeps_its_session(given: dict[str, str], reason: str):
    (site, *_) = rewrite(script(**given)).sites
    assert (site.level, site.rule) == (Level.WRAPPED, "TFM218")
    assert reason in refusal(plan_meta_graph, script(**given), SiteKind.FREEZE)


def test_a_session_that_is_given_stays():
    code = """
    import tensorflow as tf


    def freeze(sess, path):
        saver = tf.train.import_meta_graph(path + '.meta')
        saver.restore(sess, path)
        return tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, ['y'])
    """
    (site,) = rewrite(code).sites
    assert site.level is Level.BRIDGED


def test_a_graph_that_code_builds_is_not_asked_for_here():
    code = """
    import tensorflow as tf


    def freeze(path):
        x = tf.placeholder(tf.float32, [2], name='x')
        with tf.Session() as sess:
            return tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, ['x'])
    """
    (site,) = rewrite(code).sites
    assert "freeze_meta_graph" not in {one.strategy for one in site.refusals}
