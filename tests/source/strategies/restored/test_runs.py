"""What becomes of runs beside an export."""

from __future__ import annotations

import pytest
from restored_scripts import RESTORE, SAVE, TENSORS, loaded, meta_graph, reason, rewritten

from migrate.engine import rewrite_source


def test_a_run_becomes_a_call():
    after = rewritten(meta_graph(RESTORE + TENSORS + "print(sess.run([y, 'w:0'], feed_dict={x: 1}))\n" + SAVE))
    assert "print(graph([y, 'w:0'], feed_dict={x.name: 1}))\n" in after


@pytest.mark.parametrize(
    "run",
    [
        "sess.run(tf.global_variables_initializer())\n",
        "init = [tf.global_variables_initializer(), tf.tables_initializer()]\nsess.run(init)\n",
        "init = tf.group(tf.global_variables_initializer(), tf.local_variables_initializer())\nsess.run(init)\n",
    ],
)
def test_an_initialization_in_front_of_the_restore_goes(run: str):
    assert "init" not in rewritten(meta_graph(run + RESTORE + TENSORS + SAVE))


@pytest.mark.parametrize(
    "run",
    [
        "sess.run(tf.global_variables_initializer())\n",
        "init = tf.group(tf.global_variables_initializer(), tf.local_variables_initializer())\nsess.run(init)\n",
    ],
)
def test_one_behind_it_would_change_the_values(run: str):
    assert reason(meta_graph(RESTORE + run + TENSORS + SAVE)).startswith("variables are initialized after")
    assert reason(loaded(run + TENSORS + SAVE)).startswith("variables are initialized after")


def test_tables_have_their_values_anyway():
    assert "tables" not in rewritten(meta_graph(RESTORE + "sess.run(tf.tables_initializer())\n" + TENSORS + SAVE))


@pytest.mark.parametrize("run", ["sess.run('train')", "sess.run([y, graph.get_operation_by_name('train')])"])
def test_an_operation_may_change_variables(run: str):
    assert reason(meta_graph(RESTORE + TENSORS + run + "\n" + SAVE)).startswith("an operation is run")


def test_the_object_is_a_graph_but_no_session():
    look = "print(tf.get_default_graph().as_graph_def().versions, [op.name for op in sess.graph.get_operations()])\n"
    after = rewritten(meta_graph(RESTORE + TENSORS + look + SAVE))
    assert "print(graph.as_graph_def().versions, [op.name for op in graph.get_operations()])\n" in after
    assert reason(meta_graph(RESTORE + TENSORS + "serve(sess)\n" + SAVE)).startswith(
        "the session is used for something"
    )


INIT = "sess.run(tf.global_variables_initializer())\n"


def test_without_a_checkpoint_variables_have_their_first_values():
    code = meta_graph("init = [tf.global_variables_initializer()]\nsess.run(init)\n" + TENSORS + SAVE)
    after = rewritten(code)
    assert "graph = RestoredGraph('c.meta')\ngraph.initialize()\nx = " in after
    assert "init = " not in after
    text = rewrite_source(code, "script.py")
    assert "def restore(" not in text.after
    assert any("nothing restores the checkpoint" in finding.message for finding in text.sites[0].findings)


@pytest.mark.parametrize("run", ["if c:\n    " + INIT, "for c in d:\n    " + INIT, INIT + INIT, "a = " + INIT])
def test_first_values_are_given_once(run: str):
    assert reason(meta_graph(run + TENSORS + SAVE)).startswith("variables are initialized after")
