"""Models whose training op is run by its name."""

from __future__ import annotations

import pytest
from checks import check_flagged, rewrite

from migrate.results import Level

CODE = """\
import tensorflow as tf

x = tf.placeholder(tf.float32, [None], name='x')
w = tf.Variable(1.0, name='w')
y = w * x
{step}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    {more}
    builder = tf.saved_model.builder.SavedModelBuilder('out')
    builder.add_meta_graph_and_variables(
        sess, {tags}, signature_def_map={{
            'k': tf.saved_model.signature_def_utils.predict_signature_def({{'x': x}}, {{'y': y}})}})
    builder.save()
"""
STEP = "train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(y), name='train')"
BOTH = "[tf.saved_model.tag_constants.TRAINING, tf.saved_model.tag_constants.SERVING]"


@pytest.mark.parametrize(("step", "tags"), [(STEP, BOTH), (STEP, "['train']"), (STEP.partition("= ")[2], "('train',)")])
def test_a_training_op_for_others_is_flagged(step: str, tags: str):
    code = CODE.format(step=step, more="pass", tags=tags)
    check_flagged(code, "TFM103", "clients run it by its name, which a TF2 model has no more")


@pytest.mark.parametrize(
    ("step", "more", "tags"),
    [
        (STEP, "pass", "['serve']"),
        (STEP, "sess.run(train, {x: [1.0]})", "['train', 'serve']"),
        ("", "pass", "['train']"),
    ],
)
def test_other_models_go_on(step: str, more: str, tags: str):
    [site] = rewrite(CODE.format(step=step, more=more, tags=tags)).sites
    assert site.level is not Level.FLAGGED
