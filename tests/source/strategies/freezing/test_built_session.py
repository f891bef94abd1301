"""Tests of the session that only initializes, restores and is frozen."""

from __future__ import annotations

import ast

import pytest

from migrate.settings import Settings
from migrate.source.strategies.freezing.built_session import read_built
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

SCRIPT = """\
import tensorflow as tf

def freeze():
    tf.get_variable('w', [2])
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    one = tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, ['w'])
    two = tf.graph_util.convert_variables_to_constants({second}, sess.graph_def, ['w'])
    return one, two
"""


def read(code: str) -> tuple[int, list[str]]:
    view = ModuleView(code, ast.parse(code), "script.py", Settings())
    session = read_built(view.candidates[0], view)
    return len(session.frozen), [ast.unparse(one) for one in session.used()]


def test_all_that_freezes_it():
    count, used = read(SCRIPT.format(second="sess"))
    assert count == 2
    assert any(one.startswith("two =") for one in used)


def test_another_session():
    assert read(SCRIPT.format(second="other"))[0] == 1


def test_in_a_class_body():
    body = "class C:\n    sess = tf.Session()\n    one = tf.graph_util.convert_variables_to_constants(sess, g, [])\n"
    with pytest.raises(Unprovable, match="class body"):
        read("import tensorflow as tf\n" + body)
