"""Where the graph is built."""

from __future__ import annotations

import ast

import pytest
from wrapping_code import BUILD, HEAD, INIT, SAVE, body_of, in_session, why_not, wrapped

EXPORT = f"with tf.Session() as sess:\n    {INIT}    {SAVE}"


def test_what_stands_in_the_default_graph_gets_one_of_its_own():
    code = (
        HEAD
        + "# Numbers.\nx = tf.placeholder(tf.float32, [None, 3])\ntext = '''a\n  b'''\no = net(x)\n"
        + EXPORT
        + "print(1)\n"
    )
    after = wrapped(code).after
    tree = ast.parse(after)
    block = next(node for node in tree.body if isinstance(node, ast.With))
    assert ast.unparse(block.items[0]) == "tf.Graph().as_default()"
    assert "text = 'a\\n  b'" in ast.unparse(block)
    assert "print(1)" in [ast.unparse(node) for node in tree.body]
    assert "# Numbers.\nwith tf.Graph()" in after


def test_a_session_that_holds_all_of_it_becomes_the_graph():
    code = (
        HEAD + "with tf.Session() as sess:\n" + "".join(f"    {line}\n" for line in (BUILD + INIT + SAVE).splitlines())
    )
    after = wrapped(code).after
    assert after.count("with tf.Graph().as_default():") == 1
    assert "    wrapped = WrappedGraph()\n" in after


def test_a_session_that_is_made_before_the_graph_belongs_to_it():
    after = wrapped(HEAD + "sess = tf.Session()\n" + BUILD + INIT + SAVE).after
    assert (
        "with tf.Graph().as_default():\n    tf.compat.v1.disable_control_flow_v2()\n    wrapped = WrappedGraph()\n"
        in after
    )


@pytest.mark.parametrize(
    ("session", "new"),
    [
        ("with tf.Graph().as_default(), tf.Session() as sess:", "with tf.Graph().as_default():"),
        ("with tf.Session(graph=tf.Graph()) as sess:", "with tf.Graph().as_default():"),
        ("with tf.Graph().as_default() as g, tf.device('/cpu:0'), tf.Session(graph=g) as sess:",
         "with tf.Graph().as_default() as g, tf.device('/cpu:0'):"),
    ],
)  # fmt: skip
def test_headers_keep_what_is_no_session(session: str, new: str):
    lines = [session, *(f"    {line}" for line in (BUILD + INIT + SAVE).splitlines())]
    code = HEAD + "def export():\n" + "".join(f"    {line}\n" for line in lines)
    assert new in wrapped(code).after


def test_a_graph_that_is_given_is_the_one_that_is_wrapped():
    code = f"""
def export():
    g = tf.Graph()
    with g.as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        o = net(x)
        init = tf.global_variables_initializer()
    sess = tf.Session(graph=g)
    sess.run(init)
    with g.as_default():
        {SAVE}"""
    body = body_of(wrapped(HEAD + code))
    assert "wrapped = WrappedGraph(g)" in body


@pytest.mark.parametrize("before", ["", "g = tf.get_default_graph()\n"])
def test_the_default_graph_by_its_name_is_the_default_graph(before: str):
    graph = "g" if before else "tf.get_default_graph()"
    code = in_session(INIT, SAVE, build=before + BUILD).replace("tf.Session()", f"tf.Session(graph={graph})")
    body = body_of(wrapped(code))
    assert body.count("tf.Graph().as_default()") == 1
    assert "wrapped = WrappedGraph()" in body
    assert body.index("tf.Graph()") < body.index("placeholder")


def test_what_comes_before_the_graph_stays_in_front_of_it():
    code = in_session(INIT, SAVE, build="import os\npath = path or os.getcwd()\ntf.logging.info(path)\n" + BUILD)
    body = body_of(wrapped(code))
    assert body.index("logging.info") < body.index("tf.Graph()")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (in_session("tf.train.Saver().restore(sess, path)\n", "x = sess.graph.get_tensor_by_name('x:0')\n",
                    "tf.saved_model.simple_save(sess, 'o', {'x': x}, dict(y=x))\n", build=""), "built somewhere else"),
        (HEAD + "def export(g):\n    with g.as_default():\n        x = tf.placeholder(tf.float32)\n        o = net(x)\n"
                f"    with tf.Session(graph=g) as sess:\n        {INIT}        {SAVE}", "the graph g is made elsewhere"),
        (HEAD + "x = tf.placeholder(tf.float32, [None, 3])\ndef f(): pass\no = net(x)\n" + EXPORT, "definitions or imports"),
    ],
)  # fmt: skip
def test_graphs_from_elsewhere_are_refused(code: str, reason: str):
    assert reason in why_not(code)


@pytest.mark.parametrize("more", ["more = net(x)\n", "more = tf.nn.relu(x)\n", "if path:\n    y = tf.identity(o)\n"])
def test_a_graph_that_grows_after_the_export_is_refused(more: str):
    code = HEAD + BUILD + EXPORT + more
    assert "more of the graph is built after the export" in why_not(code)


@pytest.mark.parametrize("more", ["more = x.shape\n", "print(x.name)\n", "z = tf.constant(1)\n"])
def test_what_builds_nothing_of_it_may_follow(more: str):
    wrapped(HEAD + BUILD + EXPORT + more)
