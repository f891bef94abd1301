"""What else a session may do, and that it is noticed."""

from __future__ import annotations

import pytest
from training_scripts import ASKED, DESCENT, GRAPH, RUN, not_trained, trainer

from migrate.engine import rewrite_source

FED = "{x: xs, t: ts}"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"run": f"{RUN}\nsess.run(tf.global_variables_initializer())"}, "initialized again"),
        ({"before": "saver = tf.train.Saver()", "run": f"{RUN}\nsaver.restore(sess, 'm')"}, "which variables"),
        ({"before": "def step(v):\n    return sess.run(train, {x: v, t: ts})"}, "more than to train"),
        ({"run": f"{RUN}\nsess.run(tf.assign(b, b * 0.5))"}, "tf.assign"),
        ({"before": "writer = tf.summary.FileWriter('logs')"}, "a file of summaries"),
        ({"run": f"{RUN}\nprint(y)"}, "more than the session's runs"),
        ({"after": f"sess.run(train, {FED})"}, "after the export"),
        (
            {"train": f"{DESCENT}\nsize = tf.reduce_sum(w)", "run": f"_, s = sess.run([train, size], {FED})\nprint(s)"},
            "while they are trained",
        ),
        (
            {"graph": GRAPH.replace("tf.reduce_mean(tf.square(y - t))", "tf.losses.log_loss(t, y)")},
            "tf.losses",
        ),
        ({"graph": GRAPH.replace("loss = ", "loss = tf.add_n(tf.get_collection('l')) + ")}, "collections"),
    ],
)
def test_what_the_module_could_not_do_keeps_the_session(changes: dict[str, str], reason: str):
    not_trained(trainer(**changes), reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("made", ["tf.Session('grpc://host:1')", "tf.train.SingularMonitoredSession()"])
def test_sessions_that_do_more_than_run_are_refused(made: str):
    not_trained(trainer().replace("tf.Session()", made), "more than to run on this machine")


def test_a_second_graph_is_not_mistaken_for_the_first():
    code = trainer() + "tf.reset_default_graph()\nz = tf.placeholder(tf.float32, [2])\n"
    code += "with tf.Session() as other:\n    print(other.run(z * 2.0, {z: [1.0, 2.0]}))\n"
    result = rewrite_source(code, "script.py", ASKED)
    assert "other.run(z * 2.0" in result.after
