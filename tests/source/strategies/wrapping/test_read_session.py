"""Which session an export is of, and which graph is the default one there."""

from __future__ import annotations

from textwrap import indent

import pytest
from wrapping_code import HEAD, INIT, SAVE, why_not, wrapped


@pytest.mark.parametrize(
    ("session", "reason"),
    [
        ("sess = tf.InteractiveSession(graph=tf.Graph())\n", "made in an unusual way"),
        ("sess = tf.Session('grpc://there')\n", "made in an unusual way"),
        ("sess = tf.Session() if path else tf.Session()\n", "comes from elsewhere"),
        ("sess = path\n", "comes from elsewhere"),
        ("sess = tf.Session()\nsess = tf.Session()\n", "comes from elsewhere"),
        ("sess = tf.train.MonitoredTrainingSession()\n", "comes from elsewhere"),
    ],
)
def test_sessions_of_other_kinds_are_refused(session: str, reason: str):
    lines = f"x = tf.placeholder(tf.float32, [None, 3])\no = net(x)\n{session}{INIT}{SAVE}"
    code = HEAD + "def export(path=None):\n" + "".join(f"    {line}\n" for line in lines.splitlines())
    assert reason in why_not(code)


INNER = """\
with tf.Session() as sess:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        o = net(x)
        tf.saved_model.simple_save(sess, 'out', {'x': x}, dict(o))
"""


OUTSIDE = """\
g = tf.Graph()
with g.as_default():
    x = tf.placeholder(tf.float32, [None, 3])
    o = net(x)
    init = tf.global_variables_initializer()
sess = tf.Session(graph=g)
sess.run(init)
tf.saved_model.simple_save(sess, 'out', {'x': x}, dict(o))
"""


@pytest.mark.parametrize("body", [INNER, OUTSIDE])
def test_tensorflow_1_writes_the_default_graph_whatever_the_session_runs(body: str):
    assert "another graph may be the default one" in why_not(HEAD + "def export():\n" + indent(body, "    "))


@pytest.mark.parametrize("entered", ["g.as_default()", "sess", "sess.graph.as_default()"])
def test_its_own_graph_may_be_entered_again(entered: str):
    body = OUTSIDE.replace("tf.saved_model", f"with {entered}:\n    tf.saved_model")
    wrapped(HEAD + "def export():\n" + indent(body, "    "))
