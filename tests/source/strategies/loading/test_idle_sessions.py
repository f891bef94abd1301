"""Sessions that nothing uses."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from migrate.settings import Settings
from migrate.source.strategies.loading.idle_sessions import idle_sessions
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView


def idle(code: str) -> int:
    """How many with statements of a module are idle, where calls of `done` need no session."""
    text = "import tensorflow as tf\n" + dedent(code)
    tree = ast.parse(text)
    view = ModuleView(text, tree, "-", Settings())
    done = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "done"]
    return len(idle_sessions(view, view.symbols.module, done))


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("with tf.Session() as sess:\n  done()", 1),
        ("with tf.Graph().as_default():\n  with tf.Session(config=c):\n    done()", 2),
        ("with tf.Graph().as_default(), tf.Session():\n  done()", 1),
        ("with open('f') as f:\n  done(f)", 0),
        ("def f():\n  x = tf.placeholder(tf.float32)\ndone()", 0),
    ],
)
def test_idle(code: str, count: int):
    assert idle(code) == count


@pytest.mark.parametrize(
    "code",
    [
        "with tf.Session() as sess:\n  sess.run(done())",
        "with tf.Session() as sess, open('f'):\n  done()",
        "sess = tf.Session()\ndone()",
        "with tf.Session():\n  x = tf.get_variable('x', [])",
        "with tf.Session() as (a, b):\n  done()",
    ],
)
def test_not_idle(code: str):
    with pytest.raises(Unprovable):
        idle(code)
