from __future__ import annotations

import pytest
from lowering import IMAGES, ROWS, lowered, refused, variables

CONTRIB = "from tensorflow.contrib import layers"


def test_fully_connected_has_other_names_and_a_relu():
    assert lowered(ROWS, "y = layers.fully_connected(x, 2)", above=CONTRIB).endswith(
        'fully_connected_weights = tf.get_variable("fully_connected/weights", [6, 2], '
        "initializer=tf.glorot_uniform_initializer())\n"
        'fully_connected_biases = tf.get_variable("fully_connected/biases", [2], '
        "initializer=tf.zeros_initializer())\n"
        "y = tf.matmul(x, fully_connected_weights)\n"
        "y = tf.nn.relu(tf.nn.bias_add(y, fully_connected_biases))\n"
    )


def test_a_normalizer_stands_in_the_layers_scope_and_takes_the_bias_place():
    lines = (
        "params = {'is_training': False, 'scale': True}",
        "y = layers.conv2d(x, 4, 3, normalizer_fn=layers.batch_norm, normalizer_params=params)",
    )
    assert list(variables(IMAGES, *lines, above=CONTRIB)) == [
        "Conv/weights",
        "Conv/BatchNorm/gamma",
        "Conv/BatchNorm/beta",
        "Conv/BatchNorm/moving_mean",
        "Conv/BatchNorm/moving_variance",
    ]


def test_regularizers_are_those_of_keras_which_do_not_halve():
    lines = ("y = layers.fully_connected(x, 2, weights_regularizer=layers.l2_regularizer(0.1))",)
    assert "regularizer=tf.keras.regularizers.l2(0.5 * (0.1))" in lowered(ROWS, *lines, above=CONTRIB)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        ("layers.xavier_initializer()", "tf.glorot_uniform_initializer()"),
        ("layers.xavier_initializer(seed=1)", "tf.glorot_uniform_initializer(seed=1)"),
        ("layers.variance_scaling_initializer()", "tf.truncated_normal_initializer(stddev=0.6582805886043833)"),
        ("layers.variance_scaling_initializer(1.0, 'FAN_IN', True)", "tf.random_uniform_initializer(-0.707106781186"),
        ("tf.ones_initializer()", "tf.ones_initializer()"),
    ],
)
def test_initializers(made: str, text: str):
    assert f"initializer={text}" in lowered(
        ROWS, f"y = tf.layers.dense(x, 2, kernel_initializer={made})", above=CONTRIB
    )


def test_embedded_sequences():
    lines = ("x = tf.placeholder(tf.int32, [None, 4])", "y = layers.embed_sequence(x, 9, 3)")
    assert variables(*lines, above=CONTRIB) == {"EmbedSequence/embeddings": "[9, 3]"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("y = layers.batch_norm(x)", "is_training is True"),
        ("y = layers.dropout(x, 0.5)", "is_training is True"),
        ("y = layers.fully_connected(x, 2, normalizer_fn=layers.layer_norm)", "not tf.contrib.layers.batch_norm"),
        ("y = layers.fully_connected(x, 2, normalizer_fn=layers.batch_norm)", "is_training is True"),
        ("y = layers.layer_norm(x)", "not a layer that can be written out"),
        ("y = layers.batch_norm(x, is_training=False, zero_debias_moving_mean=True)", "zero_debias_moving_mean"),
        ("y = layers.fully_connected(x, 2, weights_regularizer=layers.sum_regularizer([]))", "sum_regularizer"),
        ("y = tf.layers.dense(x, 2, kernel_initializer=layers.xavier_initializer(uniform=pick()))", "uniform"),
        (
            "with tf.contrib.framework.arg_scope([layers.fully_connected], activation_fn=None):\n"
            "    y = layers.fully_connected(x, 2)",
            "arg_scope",
        ),
        ("y = tf.contrib.slim.fully_connected(x, 2)", "TF-Slim"),
    ],
)
def test_refused(line: str, reason: str):
    assert reason in refused(ROWS, line, above=CONTRIB)
