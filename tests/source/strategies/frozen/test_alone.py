"""Tests of what is said of graphs that a file imports and does not run."""

from __future__ import annotations

from checks import rewrite
from frozen_scripts import frozen

from migrate.engine import rewrite_source
from migrate.results import Level, Mode
from migrate.settings import Settings

HELPER = """
def load(path):
    with tf.Graph().as_default() as graph:
        parse
        tf.import_graph_def(graph_def, name='')
    return graph
"""
FREEZES = """
def freeze(path):
    x = tf.placeholder(tf.float32, [2], name='x')
    y = tf.nn.relu(x, name='y')
    sess = make_session()
    frozen = tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, ['y'])
    open(path, 'wb').write(frozen.SerializeToString())
"""


def test_a_graph_that_is_returned_stays_a_graph_and_its_callers_are_told():
    result = rewrite(frozen(HELPER))
    (site,) = result.sites
    assert (site.level, site.rule, result.mode) == (Level.WRAPPED, "TFM211", Mode.EAGER)
    assert "with tf.Graph().as_default() as graph:\n" in result.after
    assert "Session" not in result.after
    assert any("handed on" in finding.message for finding in site.findings)


def test_a_graph_that_is_only_looked_into_is_not_handed_on():
    code = "with tf.Graph().as_default() as graph:\n    parse\n    tf.import_graph_def(graph_def)\n"
    (site,) = rewrite(frozen(code + "for op in graph.get_operations():\n    print(op.name)\n")).sites
    assert site.level is Level.WRAPPED
    assert not any("handed on" in finding.message for finding in site.findings)


def test_beside_session_code_that_stays_the_graph_s_code_stays():
    result = rewrite(frozen(HELPER + FREEZES))
    assert [site.rule for site in result.sites] == ["TFM211", "TFM303"]
    assert "    with tf.Graph().as_default() as graph:\n" in result.after
    assert result.mode is not Mode.EAGER


def test_beside_session_code_nothing_is_edited_for_it():
    code = "with tf.Session() as sess:\n    parse\n    tf.import_graph_def(graph_def)\n"
    code += "writer = tf.summary.FileWriter('logs', sess.graph)\n"
    assert [site.rule for site in rewrite(frozen(code + FREEZES)).sites] == ["TFM304", "TFM303"]


def test_a_whole_program_moves_together():
    result = rewrite_source(frozen(HELPER), "script.py", Settings(whole_program=True))
    assert [site.rule for site in result.sites] == ["TFM211"]
    assert result.mode is Mode.ANY


def test_a_test_may_be_about_the_format():
    code = "class LoadTest(tf.test.TestCase):\n    def test(self):\n        with tf.Graph().as_default():\n"
    code += "            parse\n            tf.import_graph_def(graph_def)\n"
    assert all(site.level is Level.FLAGGED for site in rewrite(frozen(code)).sites)
