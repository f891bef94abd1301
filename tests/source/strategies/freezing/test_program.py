"""Tests of programs that freeze sessions wherever they are made."""

from __future__ import annotations

import pytest
from checks import refusal, rewrite

from migrate.results import Level
from migrate.source.candidates import SiteKind
from migrate.source.strategies.freezing.program import plan_freezing_program

SCRIPT = """\
import sys

import tensorflow as tf
from tensorflow.python.tools import freeze_graph


class Model:
    def __init__(self):
        self.x = tf.placeholder(tf.float32, [None, 4], name='x')
        self.w = tf.get_variable('w', [4, 2])
        self.y = tf.matmul(self.x, self.w, name='y')
        self.sess = tf.Session()
        self.sess.run(tf.global_variables_initializer())

    def freeze(self, path):
        frozen = tf.graph_util.convert_variables_to_constants(
            self.sess, self.sess.graph_def, [self.y.op.name])
        tf.train.write_graph(frozen, path, 'y.pb', as_text=False)


if __name__ == '__main__':
    model = Model()
    model.freeze(sys.argv[1])
"""
GRAPH = SCRIPT.replace(
    "        self.x = tf", "        self.graph = tf.Graph()\n        with self.graph.as_default():\n            self.build()\n"
    "        self.sess = tf.Session(graph=self.graph)\n        self.sess.run(self.init)\n\n    def build(self):\n"
    "        self.x = tf",
).replace(
    "        self.sess = tf.Session()\n        self.sess.run(tf.global_variables_initializer())\n",
    "        self.init = tf.global_variables_initializer()\n",
)  # fmt: skip
FILES = "freeze_graph.freeze_graph('g.pb', '', True, 'm', 'y', '', '', 'y.pb', True, '')\n"


def after(code: str) -> str:
    result = rewrite(code)
    assert {(site.level, site.rule) for site in result.sites} == {(Level.WRAPPED, "TFM220")}
    return result.after


def test_what_the_program_runs_gets_a_graph():
    text = after(SCRIPT)
    assert (
        "if __name__ == '__main__':\n    with tf.Graph().as_default():\n"
        "        tf.compat.v1.disable_control_flow_v2()\n"
        "        tf.compat.v1.get_variable_scope().set_use_resource(False)\n"
        "        model = Model()\n        model.freeze(sys.argv[1])\n" in text
    )
    assert "frozen = freeze_variables(\n            self.sess, self.sess.graph_def, [self.y.op.name])\n" in text


def test_a_graph_that_an_object_makes():
    text = after(GRAPH)
    assert (
        "        with self.graph.as_default():\n"
        "            tf.compat.v1.get_variable_scope().set_use_resource(False)\n            self.build()\n" in text
    )
    assert "if __name__ == '__main__':\n    model = Model()\n" in text


def test_files_that_are_frozen_beside_it():
    text = after(SCRIPT + "    " + FILES)
    assert "        freeze_files('g.pb', '', True," in text
    assert text.index("def freeze_files(") < text.index("class Model")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (SCRIPT.partition("if __name__")[0], "'freeze' may be used from elsewhere"),
        (SCRIPT.replace("import sys", "from sessions import sess").replace("self.sess,", "sess,"), "from elsewhere"),
        (SCRIPT.replace("import sys", "import sys\nfrom threading import Thread\nThread().start()"), "threads"),
        (SCRIPT.replace("    model.freeze", "    tf.reset_default_graph()\n    model.freeze"), "resets the default"),
        (SCRIPT + "    tf.saved_model.simple_save(model.sess, 'm', {}, {})\n", "also exports models"),
    ],
)
def test_what_is_no_such_program(code: str, reason: str):
    assert reason in refusal(plan_freezing_program, code, SiteKind.FREEZE)
