"""Graph code beside the with of its graph."""

from __future__ import annotations

import pytest
from checks import rewrite
from wrapping_code import BUILD, HEAD, INIT, SAVE

from migrate.source.emit.outside import in_graphs
from migrate.source.unprovable import Unprovable

WITH = "    with tf.Graph().as_default():\n        y = 1\n"
WRITER = "    w = tf.compat.v1.summary.FileWriter(\n        'logs')\n"


def of_function(*lines: str) -> str:
    return "import tensorflow as tf\n\n\ndef export():\n" + "".join(lines)


def test_a_writer_gets_a_graph():
    new = "    with tf.Graph().as_default():\n        w = tf.compat.v1.summary.FileWriter(\n            'logs')\n"
    assert in_graphs(of_function(WRITER, WITH), {"export"}) == of_function(new, WITH)
    tabs = of_function(WRITER.replace("    ", "\t"), WITH.replace("    ", "\t"))
    assert "\twith tf.Graph().as_default():\n\t\tw = tf" in in_graphs(tabs, {"export"})


@pytest.mark.parametrize(
    "code",
    [
        of_function(WRITER),
        of_function(WITH, "        w = tf.compat.v1.summary.FileWriter('logs')\n"),
        of_function("    def made():\n    ", WRITER.replace("\n        ", ""), "    def other(): pass\n", WITH),
        of_function("    p = tf.io.gfile.exists('placeholder(')\n", WITH),
    ],
)
def test_what_may_be_in_a_graph_stays(code: str):
    assert in_graphs(code, {"export"}) == code


def test_other_functions_stay():
    code = of_function(WRITER, WITH)
    assert in_graphs(code, {"train"}) == code


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("p = tf.compat.v1.placeholder(tf.float32)", "placeholder"),
        ("tf.compat.v1.train.import_meta_graph('a')", "train.import_meta_graph"),
        ("for w in [tf.compat.v1.summary.FileWriter('a')]: pass", "summary.FileWriter"),
    ],
)
def test_what_fails_is_refused(line: str, name: str):
    with pytest.raises(Unprovable, match=f"tf.{name} stands outside of the graph"):
        in_graphs(of_function(f"    {line}\n", WITH), {"export"})


def test_a_placeholder_beside_the_graph_lowers_the_site():
    body = "".join(f"    {line}\n" for line in ("with tf.Session() as sess:\n    " + INIT + "    " + SAVE).splitlines())
    graph = "with tf.Graph().as_default():\n" + "".join(f"    {line}\n" for line in BUILD.splitlines()) + body
    code = HEAD + "def export():\n" + "".join(f"    {line}\n" for line in graph.splitlines())
    assert rewrite(code).after.count("tf.Session") == 0
    beside = code.replace("def export():\n", "def export():\n    p = tf.placeholder(tf.float32)\n")
    after = rewrite(beside).after
    assert "tf.disable_v2_behavior()" in after or "    with tf.Graph().as_default():\n    export()" in after
