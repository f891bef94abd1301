"""Tests of sessions beside a frozen graph."""

from __future__ import annotations

import pytest
from frozen_scripts import reason, rewritten

FROZEN = """
def load():
    with tf.Graph().as_default() as graph:
        parse
        tf.import_graph_def(graph_def)
    return graph

def read(path):
{body}

found = read('x')
with tf.Session(graph=load()) as sess:
    print(sess.run('import/y:0', {{'import/x:0': found}}))
"""


def script(*body: str) -> str:
    return FROZEN.format(body="\n".join(f"    {line}" for line in body))


@pytest.mark.parametrize(
    ("run", "after"),
    [
        ("out = sess.run(y)", "out = y.numpy()"),
        ("out = sess.run([y, tf.abs(y)])[0]", "out = [y.numpy(), tf.abs(y).numpy()][0]"),
        ("out, = sess.run((y,))", "out, = (y.numpy(),)"),
        ("out = sess.run(y * 2)", "out = (y * 2).numpy()"),
    ],
)
def test_ops_are_computed_where_they_stand(run: str, after: str):
    text = rewritten(script("y = tf.cast(tf.read_file(path), tf.string)", "sess = tf.Session()", run, "return out"))
    assert after in text
    assert "y = tf.cast(tf.io.read_file(path), tf.string)" in text


def test_a_with_statement():
    text = rewritten(script("y = tf.read_file(path)", "with tf.Session() as sess:", "    return sess.run(y)"))
    assert "    return y.numpy()" in text


@pytest.mark.parametrize(
    "body",
    [
        ["x = tf.placeholder(tf.float32)", "return tf.Session().run(x, {x: 1})"],
        ["x = tf.random_uniform([2])", "sess = tf.Session()", "return sess.run(x)"],
        ["x = tf.read_file(path)", "sess = tf.Session()", "sess.run(x)", "return x"],
        ["x = tf.split(path, 2)", "sess = tf.Session()", "return sess.run(x)"],
        ["x = tf.read_file(path)", "sess = tf.Session()", "return sess.run(x, feed_dict={x: 1})"],
        ["x = other(path)", "sess = tf.Session()", "return sess.run(x)"],
    ],
)
def test_a_session_that_does_more(body: list[str]):
    assert "another session" in reason(script(*body))


READ = "def read(path):\n    data = tf.read_file(path)\n    return tf.image.decode_png(data)\n"
SHOW = """
def show(path):
    parse
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name='')
    image = read(path)
    sess = tf.InteractiveSession()
    value = sess.run([image, read(path)])
    sess.close()
    with tf.Session(graph=graph) as other:
        return other.run('y:0', {'x:0': value[0]})
"""


def test_ops_of_a_helper_are_computed_where_it_is_called():
    after = rewritten(READ + SHOW)
    assert "    value = [image.numpy(), read(path).numpy()]\n    return graph('y:0', {'x:0': value[0]})" in after


@pytest.mark.parametrize(
    "helper",
    [
        "def read(path):\n    return tf.random_normal([2])\n",
        "def read(path):\n    return path\n",
        "def read(path):\n    yield tf.zeros([2])\n    return tf.zeros([2])\n",
        "def read(path):\n    return read(path)\n",
        "def read(path):\n    v = tf.Variable(1)\n    return tf.zeros([2])\n",
    ],
)
def test_a_helper_that_makes_no_plain_tensor(helper: str):
    assert "another session runs" in reason(helper + SHOW)
