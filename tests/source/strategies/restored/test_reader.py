"""What loads a graph, and what gives its variables their values."""

from __future__ import annotations

import pytest
from restored_scripts import RESTORE, SAVE, TENSORS, loaded, meta_graph, reason, rewritten

ALL = RESTORE + TENSORS + SAVE


def test_import_and_restore_can_be_one_statement():
    code = (
        "import tensorflow as tf\n"
        "sess = tf.Session()\n"
        "tf.train.import_meta_graph('c.meta', clear_devices=True, import_scope='s').restore(sess, 'c')\n"
        "graph = tf.get_default_graph()\n"
    )
    after = rewritten(code + TENSORS + SAVE)
    assert after.startswith("graph = RestoredGraph('c.meta', import_scope='s')\ngraph.restore('c')\nx = ")


def test_the_graph_can_be_an_argument():
    code = (
        "import tensorflow as tf\n"
        "g = tf.Graph()\n"
        "with tf.Session(graph=g) as sess:\n"
        "    saver = tf.train.import_meta_graph('c.meta', graph=g, import_scope='')\n"
        "    saver.restore(sess, save_path='c')\n"
        "    x = g.get_tensor_by_name('x:0')\n"
        "    y = g.get_tensor_by_name('y:0')\n"
    )
    assert rewritten(code + "    " + SAVE).startswith("g = RestoredGraph('c.meta')\ng.restore('c')\nx = g.get")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (meta_graph(TENSORS + SAVE), "nothing in this file restores its variables"),
        (meta_graph(RESTORE + ALL), "its variables are restored more than once"),
        (meta_graph(ALL + "saver.save(sess, 'd')\n"), "the saver of the MetaGraphDef does more than restore"),
        (meta_graph("other = saver\n" + ALL), "the saver of the MetaGraphDef does more than restore"),
        (meta_graph(ALL.replace(RESTORE, "if c:\n    " + RESTORE)), "the variables are restored in a branch or loop"),
        (meta_graph(ALL.replace(RESTORE, "for c in d:\n    " + RESTORE)), "the variables are restored in a branch"),
        (meta_graph(ALL).replace("'c.meta'", "'c.meta', input_map={}"), "the call has options (input_map)"),
        (meta_graph(ALL).replace("'c.meta'", "*names"), "the arguments of the call are not written out"),
        (meta_graph("tf.train.import_meta_graph('d.meta').restore(sess, 'd')\n" + ALL), "two models are loaded"),
        (meta_graph("tf.import_graph_def(graph_def)\n" + ALL), "a GraphDef is imported into the same graph"),
        (loaded(TENSORS + SAVE).replace("'m')", "'m', import_scope='s')"), "the call has options (import_scope)"),
        (loaded(TENSORS + SAVE).replace("load(sess,", "load(other,"), "the session it is loaded into comes from elsewhere"),
    ],
)  # fmt: skip
def test_what_is_not_sure(code: str, why: str):
    assert reason(code).startswith(why)


def test_a_try_statement_around_the_import_expects_other_errors():
    lines = meta_graph(ALL).split("\n")
    code = "\n".join(
        [lines[0], "try:", *("    " + line for line in lines[1:] if line), "except Exception:", "    pass", ""]
    )
    assert reason(code).startswith("the import stands in a try statement")


ANOTHER = "saver = tf.train.Saver()\nsaver.restore(sess, 'c')\n"


def test_a_saver_of_the_script_may_restore():
    code = meta_graph(ANOTHER + TENSORS + SAVE)
    after = rewritten(code)
    expected = "with graph.as_default():\n    saver = tf.compat.v1.train.Saver()\ngraph.restore('c', saver)\n"
    assert expected in after
    inline = rewritten(code.replace("saver = tf.train.Saver()\n    saver.restore", "tf.train.Saver().restore"))
    assert "    saver_2 = tf.compat.v1.train.Saver()\ngraph.restore('c', saver_2)\n" in inline
    alone = rewritten(code.replace("saver = tf.train.import_meta_graph", "tf.train.import_meta_graph"))
    assert expected in alone


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (ANOTHER.replace("Saver()", "Saver([v])"), "it is restored by a saver of some variables"),
        (ANOTHER + RESTORE, "its variables are restored more than once"),
        (ANOTHER.replace("saver.", "if c:\n    saver."), "the variables are restored in a branch or loop"),
        ("if c:\n    saver = tf.train.Saver()\n" + RESTORE, "the saver of the MetaGraphDef does more than restore"),
        (RESTORE + "keep(tf.train.Saver())\n", "a saver of the graph is used"),
    ],
)
def test_other_savers(code: str, why: str):
    assert reason(meta_graph(code + TENSORS + SAVE)).startswith(why)


def test_savers_that_nothing_uses_go():
    assert "Saver(" not in rewritten(meta_graph(RESTORE + "other = tf.train.Saver()\n" + TENSORS + SAVE))


def test_what_only_savers_needed_goes_with_them():
    averages = (
        "averages = tf.train.ExponentialMovingAverage(0.9)\nkept = averages.variables_to_restore()\n"
        "saver = tf.train.Saver(kept)\nsess.run(tf.global_variables_initializer())\n"
    )
    after = rewritten(meta_graph(averages + TENSORS + SAVE))
    assert "graph = RestoredGraph('c.meta')\ngraph.initialize()\nx = " in after
    used = rewritten(meta_graph(averages + "print(averages)\n" + TENSORS + SAVE))
    assert "averages = tf.train.ExponentialMovingAverage(0.9)\ngraph.initialize()" in used
