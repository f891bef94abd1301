"""Exports that are read in plainer words."""

from __future__ import annotations

from checks import rewrite
from wrapping_code import HEAD, INIT, body_of, wrapped

from migrate.results import Level

PARTS = """\
from tensorflow.compat.v1 import Session, get_variable, matmul, placeholder, float32, global_variables_initializer
from tensorflow.compat.v1 import saved_model

def net(x):
    w = get_variable('w', [int(x.shape[-1]), 2])
    return {'y': matmul(x, w)}

def export():
    x = placeholder(float32, [None, 3])
    o = net(x)
    with Session() as sess:
        sess.run(global_variables_initializer())
        saved_model.simple_save(sess, 'out', {'x': x}, dict(o))
"""


def test_a_session_with_two_names():
    code = HEAD + (
        "def export():\n"
        "    sess = tf.Session(graph=tf.Graph())\n"
        "    with sess as session:\n"
        "        x = tf.placeholder(tf.float32, [None, 3])\n"
        "        o = net(x)\n"
        "        session.run(tf.global_variables_initializer())\n"
        "        tf.saved_model.simple_save(session, 'out', {'x': x}, dict(o))\n"
    )
    body = body_of(wrapped(code))
    assert "session" not in body
    assert "wrapped.save('out', " in body


def test_a_file_without_a_name_for_tensorflow():
    result = wrapped(PARTS)
    assert "import tensorflow as tf\n" in result.after
    assert "with tf.Graph().as_default():" in body_of(result)


def test_a_native_export_in_plainer_words():
    code = (
        "import tensorflow as tf\n"
        "x = tf.placeholder(tf.float32, [None, 3])\n"
        "w = tf.get_variable('w', [3, 2], initializer=tf.zeros_initializer())\n"
        "s = tf.Session()\n"
        "with s.as_default() as session:\n"
        f"    {INIT.replace('sess', 'session')}"
        "    tf.saved_model.simple_save(session, 'out', {'x': x}, {'y': tf.matmul(x, w)})\n"
    )
    assert {site.level for site in rewrite(code).sites} == {Level.NATIVE}


def test_what_does_not_help_is_said():
    code = PARTS.replace("return {'y'", "py_func(abs, [x], float32)\n    return {'y'").replace(
        "placeholder,", "placeholder, py_func,"
    )
    (site,) = rewrite(code).sites
    said = [one.reason for one in site.refusals if one.strategy == "reworded"]
    assert site.level is Level.BRIDGED
    assert said
