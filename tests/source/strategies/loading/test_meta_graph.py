"""MetaGraphDefs that are restored and run."""

from __future__ import annotations

from textwrap import dedent

import pytest
from checks import rewrite
from loading import check_level, check_stays

from migrate.results import Level

SCRIPT = """\
import tensorflow as tf

def f(d, v):
    with tf.Session() as sess:
        saver = tf.train.import_meta_graph(d + '.meta')
        saver.restore(sess, d)
        x = tf.get_default_graph().get_tensor_by_name('x:0')
        y = tf.get_collection('y')[0]
        return sess.run(y, feed_dict={x: v})
"""


def test_it_is_imported_restored_and_run():
    after = check_level(SCRIPT, Level.WRAPPED)
    assert after.endswith(
        dedent(
            """\
            def f(d, v):
                model = MetaGraph(d + '.meta')
                model.restore(d)
                x = 'x:0'
                y = model.graph.get_collection('y')[0].name
                return model.run(y, feed_dict={x: v})
            """
        )
    )


def test_import_and_restore_can_be_one_statement():
    after = check_level(
        """\
        import uuid as u
        import tensorflow as tf
        sess = tf.Session()
        tf.train.import_meta_graph('m', clear_devices=True).restore(sess, 'c')
        print(sess.run('y:0'))
        """,
        Level.WRAPPED,
    )
    assert "model = MetaGraph('m', clear_devices=True)\nmodel.restore('c')\nprint(model.run('y:0'))\n" in after
    assert "import uuid\n" not in after


def test_an_initialization_in_front_of_the_restore_goes():
    text = SCRIPT.replace(
        "        saver.restore", "        sess.run(tf.global_variables_initializer())\n        saver.restore"
    )
    assert check_level(text, Level.WRAPPED) == check_level(SCRIPT, Level.WRAPPED)


def test_a_whole_collection_is_asked_for_its_names():
    after = check_level(SCRIPT.replace("('y')[0]", "('y')"), Level.WRAPPED)
    assert "y = [tensor.name for tensor in model.graph.get_collection('y')]" in after


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("return", "saver.save(sess, d)\n        return", "saver of the MetaGraphDef does more than restore"),
        ("return", "saver.restore(tf.Session(), v)\n        return", "restored into several sessions"),
        ("        saver.restore(sess, d)\n", "", "nothing in this file restores its variables"),
        ("return", "sess.run(tf.global_variables_initializer())\n        return", "initialized after they are loaded"),
        ("return", "sess.run(tf.tables_initializer())\n        return", "adds to the loaded graph"),
        ("d + '.meta')", "d + '.meta', import_scope='a')", "name scope"),
        ("d + '.meta')", "d + '.meta', graph=v)", "the import has options"),
        ("get_collection('y')", "get_collection(tf.GraphKeys.VARIABLES)", "used otherwise than in a run"),
        ("return", "train(y)\n        return", "used otherwise than in a run"),
        ("return", "optimizer.minimize(y)\n        return", "used otherwise than in a run"),
        ("return", "other = tf.Session()\n        return", "another session"),
    ],
)
def test_what_else_is_done_with_it_keeps_the_session(old: str, new: str, reason: str):
    assert old in SCRIPT
    check_stays(SCRIPT.replace(old, new), reason)


def test_an_import_whose_errors_are_caught_stays():
    check_stays(
        """\
        import tensorflow as tf
        sess = tf.Session()
        try:
            saver = tf.train.import_meta_graph('a.meta')
        except IOError:
            raise SystemExit
        saver.restore(sess, 'a')
        print(sess.run('y:0'))
        """,
        "try statement",
    )


def test_an_import_in_one_function_and_a_restore_in_another_stay():
    check_stays(
        """\
        import tensorflow as tf

        def load(path):
            return tf.train.import_meta_graph(path)

        sess = tf.Session()
        saver = load('m')
        saver.restore(sess, 'c')
        print(sess.run('y:0'))
        """,
        "does more than restore",
    )


def test_two_graphs_of_a_file_change_together():
    result = rewrite(SCRIPT + SCRIPT.partition("\n\n")[2].replace("def f", "def g"))
    assert [site.level for site in result.sites] == [Level.WRAPPED, Level.WRAPPED]
    assert result.after.count("class MetaGraph") == 1


def test_variables_can_be_restored_again():
    after = check_level(
        SCRIPT.replace("return sess", "for c in v:\n            saver.restore(sess, c)\n        return sess"),
        Level.WRAPPED,
    )
    assert "    model.restore(d)\n" in after
    assert "    for c in v:\n        model.restore(c)\n" in after


def test_a_restore_in_either_branch():
    after = check_level(
        SCRIPT.replace(
            "        saver.restore(sess, d)\n",
            "        if v:\n            saver.restore(sess, d)\n        else:\n            saver.restore(sess, v)\n",
        ),
        Level.WRAPPED,
    )
    assert "    if v:\n        model.restore(d)\n    else:\n        model.restore(v)\n" in after


def test_a_graph_that_is_returned_and_passed_on():
    after = check_level(
        """\
        import tensorflow as tf

        def load(d):
            sess = tf.Session()
            saver = tf.train.import_meta_graph(d + '.meta')
            saver.restore(sess, d)
            graph = tf.get_default_graph()
            graph_def = graph.as_graph_def()
            return graph, sess

        def ask(graph, sess, v):
            return sess.run(graph.get_tensor_by_name('y:0'), {graph.get_tensor_by_name('x:0'): v})

        graph, sess = load('m')
        print(ask(graph, sess, 1))
        """,
        Level.WRAPPED,
    )
    assert "    return model.graph, model\n" in after
    assert "    return sess.run('y:0', {'x:0': v})\n" in after
    assert "print(ask(meta_graph.graph, meta_graph, 1))\n" in after


def test_what_nothing_reads_goes_where_the_graph_is_not_there_yet():
    lines = "        graph = tf.get_default_graph()\n        kept = graph.as_graph_def()\n        graph = tf.Graph().as_default()\n"
    after = check_level(
        SCRIPT.replace(
            "    with tf.Session() as sess:\n", lines.replace("        ", "    ") + "    with tf.Session() as sess:\n"
        ),
        Level.WRAPPED,
    )
    assert "graph_def" not in after


def test_json_in_a_collection_is_no_tensor():
    text = SCRIPT.replace("tf.get_collection('y')[0]", "json.loads(tf.get_collection('y')[0])")
    after = check_level("import json\n" + text, Level.WRAPPED)
    assert "y = json.loads(model.graph.get_collection('y')[0])" in after
