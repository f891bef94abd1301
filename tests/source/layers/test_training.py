from __future__ import annotations

import pytest
from checks import check_native, check_not_native

SCRIPT = """
import tensorflow as tf

def export(path, batches):
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    training = tf.placeholder_with_default(False, [], name='training')
    net = tf.layers.batch_normalization(x, training=training)
    y = tf.layers.dense(net, 2)
    train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y * y))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for batch in batches:
            sess.run(train, RUN)
        tf.saved_model.simple_save(sess, path, INPUTS, {'y': y})
"""


def script(run: str = "{x: batch}", inputs: str = "{'x': x}") -> str:
    return SCRIPT.replace("RUN", run).replace("INPUTS", inputs)


def test_a_flag_that_is_never_set_is_false():
    after = check_native(script(), "tf.nn.batch_normalization(", "with tf.Graph().as_default():")
    assert "tf.layers" not in after


def test_a_flag_may_be_fed_what_it_is_anyway():
    check_native(script("{x: batch, training: False}"))


@pytest.mark.parametrize(
    "run",
    [
        "{x: batch, training: True}",
        "{x: batch, training: on}",
        "{x: batch, training: 1}",
        "{x: batch, 'training:0': 1}",
    ],
)
def test_layers_that_the_session_trains_are_refused(run: str):
    check_not_native(script(run), "TFM105", "trained in the session")


def test_a_flag_that_is_an_input_is_refused():
    check_not_native(script(inputs="{'x': x, 'training': training}"), "TFM105", "the input 'training' switches")
