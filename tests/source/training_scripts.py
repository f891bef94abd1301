"""Scripts that train in a session, and what becomes of them where no session may be left."""

from __future__ import annotations

from textwrap import dedent, indent

from migrate.engine import rewrite_source
from migrate.results import Level
from migrate.settings import Settings

ASKED = Settings(level=Level.NATIVE)
GRAPH = """
x = tf.placeholder(tf.float32, [None, 3], name='x')
t = tf.placeholder(tf.float32, [None, 1])
w = tf.Variable([[1.0], [2.0], [3.0]], name='w')
b = tf.Variable([0.0], name='b')
y = tf.matmul(x, w) + b
loss = tf.reduce_mean(tf.square(y - t))
"""
DESCENT = "train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)"
RUN = "_, c = sess.run([train, loss], feed_dict={x: xs, t: ts})\nprint(c)"


def trainer(train: str = DESCENT, run: str = RUN, *, graph: str = GRAPH, before: str = "", after: str = "") -> str:
    """A script that builds a graph, runs something in a loop, and exports."""
    lines = ["import numpy as np", "import tensorflow as tf", "", "xs = np.ones([4, 3])", "ts = np.zeros([4, 1])"]
    lines += [dedent(graph).strip(), dedent(train).strip(), "with tf.Session() as sess:"]
    lines += ["    sess.run(tf.global_variables_initializer())"]
    lines += [indent(dedent(before).strip(), "    ")] if before else []
    lines += ["    for i in range(3):", indent(dedent(run).strip(), "        ")]
    lines += ["    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})"]
    lines += [indent(dedent(after).strip(), "    ")] if after else []
    return "\n".join(lines) + "\n"


def trained(code: str, *parts: str, without: tuple[str, ...] = ()) -> str:
    """No session is left; the new text has these parts, and not those."""
    result = rewrite_source(code, "script.py", ASKED)
    assert result.error is None
    compile(result.after, "script.py", "exec")
    assert rewrite_source(result.after, "script.py", ASKED).after == result.after
    assert {site.rule for site in result.sites} == {"TFM013"}, [site.findings for site in result.sites]
    for part in parts:
        assert part in result.after, result.after
    for part in ("compat.v1", "sess", "placeholder", "minimize", *without):
        assert part not in result.after, result.after
    return result.after


def kept(code: str, *parts: str) -> str:
    """No session is left, a Saver may be, and the new text has these parts."""
    result = rewrite_source(code, "script.py", ASKED)
    assert result.error is None
    compile(result.after, "script.py", "exec")
    assert {site.rule for site in result.sites} == {"TFM013"}, [site.findings for site in result.sites]
    assert rewrite_source(result.after, "script.py", ASKED).after == result.after
    for part in parts:
        assert part in result.after, result.after
    for part in ("sess", "placeholder", "minimize"):
        assert part not in result.after, result.after
    return result.after


def not_trained(code: str, part_of_reason: str) -> None:
    """The session stays, with this reason."""
    result = rewrite_source(code, "script.py", ASKED)
    assert result.error is None
    (site,) = result.sites
    assert site.rule != "TFM013", result.after
    said = [finding.message for finding in site.findings if finding.rule == "TFM013"]
    said += [refusal.reason for refusal in site.refusals if refusal.strategy == "training"]
    assert any(part_of_reason in message for message in said), said
    assert "GradientTape" not in result.after
