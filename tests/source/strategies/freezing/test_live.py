"""Tests of sessions that are frozen, and stay for what else they do."""

from __future__ import annotations

import pytest
from checks import refusal, rewrite

from migrate.results import Level
from migrate.source.candidates import SiteKind
from migrate.source.strategies.freezing.live import plan_live_freezing

SCRIPT = """\
import tensorflow as tf


def train(batches, path):
    x = tf.placeholder(tf.float32, [None, 4], name='x')
    w = tf.get_variable('w', [4, 2])
    loss = tf.reduce_sum(tf.matmul(x, w, name='y'))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for batch in batches:
            sess.run(step, {x: batch})
        frozen = tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, ['y'])
    tf.train.write_graph(frozen, path, 'y.pb', as_text=False)
"""


def test_the_session_stays_in_a_graph_of_its_own():
    result = rewrite(SCRIPT)
    assert [(site.level, site.rule) for site in result.sites] == [(Level.WRAPPED, "TFM218")]
    assert (
        "    with tf.Graph().as_default():\n"
        "        tf.compat.v1.disable_control_flow_v2()\n"
        "        tf.compat.v1.get_variable_scope().set_use_resource(False)\n"
        "        x = tf.compat.v1.placeholder(" in result.after
    )
    assert "            frozen = freeze_variables(sess, sess.graph_def, ['y'])\n" in result.after
    assert "BuiltGraph" not in result.after
    assert "migrate" not in result.after


def test_assignments_in_the_graph_are_run_by_the_session():
    code = SCRIPT.replace("    with tf.Session", "    load = tf.assign(w, tf.ones([4, 2]))\n    with tf.Session")
    code = code.replace("        for batch", "        sess.run(load)\n        for batch")
    assert [site.rule for site in rewrite(code).sites] == ["TFM218"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("with tf.Session() as sess:", "sess = connect()\n    if sess:", "the session sess comes from elsewhere"),
        ("tf.matmul(x, w, name='y')", "tf.contrib.unheard_of(x)", "ended with TensorFlow 1"),
        ("tf.matmul(x, w, name='y')", "tf.keras.layers.Dense(2)(x)", "Keras"),
        ("    x = tf", "    tf.contrib.quantize.create_eval_graph()\n    x = tf", "tf.contrib.quantize"),
        (
            "    tf.train.write",
            "    tf.saved_model.simple_save(sess, path, {}, {})\n    tf.train.write",
            "also exports",
        ),
        ("train(batches, path):", "train(batches, path):  # tf-migrate: skip\n    pass", None),
    ],
)
def test_what_it_does_not_take(old: str, new: str, reason: str | None):
    code = SCRIPT.replace(old, new)
    assert code != SCRIPT
    if reason is None:
        assert "TFM218" in {site.rule for site in rewrite(code).sites}
    else:
        assert reason in refusal(plan_live_freezing, code, SiteKind.FREEZE)


def test_a_line_that_is_to_stay():
    code = SCRIPT.replace("sess.graph_def, ['y'])", "sess.graph_def, ['y'])  # tf-migrate: skip")
    assert rewrite(code).sites == ()
