"""What a session may do, and what takes its place."""

from __future__ import annotations

from textwrap import indent

import pytest
from wrapping_code import BUILD, HEAD, INIT, SAVE, body_of, in_session, why_not, wrapped

RESTORE = "saver = tf.train.Saver()\nsaver.restore(sess, 'a.ckpt')\n"


@pytest.mark.parametrize(
    ("lines", "new"),
    [
        ([INIT], "wrapped.run(tf.compat.v1.global_variables_initializer())"),
        (
            ["init = [tf.global_variables_initializer(), tf.tables_initializer()]\nsess.run(init)\n"],
            "wrapped.run(init)",
        ),
        (["sess.run(tf.group(tf.local_variables_initializer()))\n", INIT], "wrapped.run(tf.group("),
        (["tf.global_variables_initializer().run()\n"], "wrapped.run(tf.compat.v1.global_variables_initializer())"),
        ([RESTORE], "wrapped.restore(saver, 'a.ckpt')"),
        (
            [
                "tf.train.Saver({'a': tf.global_variables()[0]}).restore(sess=sess, save_path=tf.train.latest_checkpoint('d'))\n"
            ],
            "wrapped.restore(tf.compat.v1.train.Saver({'a': tf.compat.v1.global_variables()[0]}), "
            "tf.train.latest_checkpoint('d'))",
        ),
        (["if path:\n    tf.train.Saver().restore(sess, path)\nelse:\n    return\n"], "wrapped.restore("),
        ([INIT, "o['z'] = sess.graph.get_tensor_by_name('Placeholder:0')\n"], "wrapped.graph.get_tensor_by_name("),
    ],
)
def test_what_sets_the_variables_stays_where_it_is(lines: list[str], new: str):
    body = body_of(wrapped(in_session(*lines, SAVE)))
    assert new in body
    assert "sess" not in body


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["print(sess.run(o))\n"], "more than to initialize"),
        (["sess.run(o)\n"], "more than to initialize"),
        (["sess.run(tf.global_variables_initializer(), {x: [[1, 2, 3]]})\n"], "more than to initialize"),
        ([INIT, "tf.train.Saver().save(sess, 'a')\n"], "more than to initialize"),
        ([INIT, "tf.train.start_queue_runners(sess=sess)\n"], "more than to initialize"),
        ([INIT, "step = lambda: sess.run(o)\n"], "an inner function uses the session"),
        (["try:\n    tf.train.Saver().restore(sess, path)\nexcept ValueError:\n    pass\n"], "depends on an exception"),
        ([INIT, "run = sess.run\n"], "more than to initialize"),
        (
            [INIT, "t = tf.train.AdamOptimizer().minimize(o['y'])\nt.run(feed_dict={x: path})\n"],
            "more than to initialize",
        ),
        ([INIT, "sess2 = sess\n"], "more than to initialize"),
        (["for s in [tf.train.Saver()]:\n    s.restore(sess, 'a')\n"], "more than to initialize"),
    ],
)
def test_other_uses_are_refused(lines: list[str], reason: str):
    assert reason in why_not(in_session(*lines, SAVE))


def test_an_interactive_session_is_one_like_others():
    lines = f"{BUILD}sess = tf.InteractiveSession()\ntf.global_variables_initializer().run()\n{SAVE}"
    code = HEAD + "def export(path=None):\n" + "".join(f"    {line}\n" for line in lines.splitlines())
    assert "wrapped.run(tf.compat.v1.global_variables_initializer())" in body_of(wrapped(code))


HELPER = """
def load(sess, path):
    saver = tf.train.Saver(tf.global_variables())
    saver.restore(sess, path)

"""


def test_a_helper_may_restore_in_the_session_it_is_given():
    code = (
        HEAD.replace("def net", HELPER.strip("\n") + "\n\ndef net")
        + in_session("load(sess, path)\n", SAVE)[len(HEAD) :]
    )
    result = wrapped(code)
    assert "sess.restore(saver, path)" in body_of(result, "load")
    assert "load(wrapped, path)" in body_of(result)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("saver.restore(sess, path)", "print(sess.run(path))", "more than to initialize"),
        ("def load(sess, path)", "def load(sess, path, *more)", "not plain"),
        ("    saver = ", "    sess = sess or path\n    saver = ", "another meaning"),
    ],
)
def test_other_helpers_are_refused(old: str, new: str, reason: str):
    code = HEAD + HELPER.replace(old, new) + in_session("load(sess, path)\n", SAVE)[len(HEAD) :]
    assert reason in why_not(code)


def test_a_helper_that_gets_other_sessions_is_refused():
    code = HEAD + HELPER + in_session("load(sess, path)\n", SAVE)[len(HEAD) :] + "\nprint(load)\n"
    assert "may be given other sessions" in why_not(code)


def test_a_new_graph_is_made_once():
    body = "sess = tf.Session(graph=tf.Graph())\nwith sess:\n" + indent(BUILD + INIT + SAVE, "    ")
    after = body_of(wrapped(HEAD + "def export():\n" + indent(body, "    ")))
    assert after.count("tf.Graph()") == 1
    assert "with wrapped.graph.as_default():" in after


@pytest.mark.parametrize(
    ("entered", "given"), [("g.as_default()", "g"), ("g.as_default() as h", "h"), ("g.as_default() as h", "g")]
)
def test_a_graph_is_entered_once(entered: str, given: str):
    body = f"g = tf.Graph()\nwith {entered}, tf.Session(graph={given}) as sess:\n" + indent(BUILD + INIT + SAVE, "    ")
    after = body_of(wrapped(HEAD + "def export():\n" + indent(body, "    ")))
    assert f"with {entered}:" in after
    assert after.count("as_default()") == 1
