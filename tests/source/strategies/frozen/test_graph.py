"""Tests of what the frozen graph strategy says, and of the class it brings."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from frozen_scripts import frozen

from migrate.engine import rewrite_source
from migrate.results import Level
from tests.forked import run_forked

SCRIPT = """
class A(object):
    def __init__(self):
        with tf.Graph().as_default():
            parse
            tf.import_graph_def(graph_def, name='')
            self.sess = tf.Session(config=tf.ConfigProto())

    def f(self, fetches, x):
        return self.sess.run(fetches, {'x:0': x})
"""


def test_the_site_and_what_is_said_about_it():
    (site,) = rewrite_source(frozen(SCRIPT), "script.py").sites
    assert (site.kind, site.level, site.rule) == ("frozen_graph", Level.WRAPPED, "TFM201")
    assert site.reason is None
    assert any("tf.config" in finding.message for finding in site.findings)


@pytest.mark.parametrize(("name", "said"), [("load", True), ("_load", False)])
def test_a_function_that_other_files_may_import_and_that_returns_the_graph_is_named(name: str, said: bool):
    code = f"""
def {name}():
    with tf.Graph().as_default() as graph:
        parse
        tf.import_graph_def(graph_def, name='')
    return graph

graph = {name}()
with tf.Session(graph=graph) as sess:
    print(sess.run('y:0', {{'x:0': 1}}))
"""
    (site,) = rewrite_source(frozen(code), "script.py").sites
    assert site.level is Level.WRAPPED
    assert any("a file that imports it" in finding.message for finding in site.findings) == said


def test_code_without_a_graph_from_a_file_is_no_site():
    code = "import tensorflow as tf\ntf.import_graph_def(other.as_graph_def())\n"
    assert rewrite_source(code, "script.py").sites == ()


def test_what_is_wrapped_already_is_no_site():
    code = frozen("parse\nfunction = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph_def), [])\n")
    assert rewrite_source(code, "script.py").sites == ()


def test_all_frozen_graphs_of_a_file_share_the_class():
    code = frozen(SCRIPT + SCRIPT.replace("class A", "class B"))
    result = rewrite_source(code, "script.py")
    assert [site.level for site in result.sites] == [Level.WRAPPED] * 2
    classes = [node.name for node in ast.parse(result.after).body if isinstance(node, ast.ClassDef)]
    assert classes == ["FrozenGraph", "A", "B"]


def test_the_name_of_the_class_is_free():
    result = rewrite_source(frozen("FrozenGraph = 1\n" + SCRIPT), "script.py")
    assert "class FrozenGraph_2:" in result.after


CHECK = """
import pickle
a = A()
x = a.f('x:0', [[1, 2]])
assert x.dtype == np.float32 and x.tolist() == [[1.0, 2.0]]
assert isinstance(a.f('total:0', np.ones([3, 2], np.uint8)), np.float32)
found = a.f({'b': ('total:0', 'nothing'), 'a': ['y:0']}, [[1, 2]])
assert found['b'] == (3.0, None) and found['a'][0].tolist() == [[b'1', b'2']], found
assert a.f([], [[1, 2]]) == []
for wrong in ([1, 2], [[1]]):
    try:
        a.f('y:0', wrong)
    except ValueError:
        continue
    raise AssertionError('not refused')
print('done')
"""


@pytest.mark.slow
@pytest.mark.tensorflow
def test_a_call_takes_and_gives_what_a_session_does(tmp_path: Path):
    make = (
        "import tensorflow.compat.v1 as tf\n"
        "with tf.Graph().as_default() as g:\n"
        "    x = tf.placeholder(tf.float32, [None, 2], name='x')\n"
        "    tf.as_string(tf.cast(x, tf.int32), name='y')\n"
        "    tf.reduce_sum(x, name='total')\n"
        "    tf.no_op(name='nothing')\n"
        "open('m.pb', 'wb').write(g.as_graph_def().SerializeToString())\n"
    )
    after = rewrite_source(frozen(SCRIPT), "script.py").after
    (tmp_path / "script.py").write_text(make + after + CHECK, "utf-8")
    done = run_forked("script.py", [], tmp_path, dict(os.environ))
    assert done.stdout == "done\n", done.stderr
