from __future__ import annotations

import pytest
from lowering import IMAGES, ROWS, STEPS, lowered, refused, variables


def test_dense():
    assert lowered(ROWS, "y = tf.layers.dense(x, 2, tf.nn.relu)").endswith(
        'dense_kernel = tf.get_variable("dense/kernel", [6, 2])\n'
        'dense_bias = tf.get_variable("dense/bias", [2], initializer=tf.zeros_initializer())\n'
        "y = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, dense_kernel), dense_bias))\n"
    )


def test_dense_over_more_dimensions():
    assert "tf.tensordot(x, dense_kernel, [[2], [0]])" in lowered(STEPS, "y = tf.layers.dense(x, 2, use_bias=False)")


def test_the_number_of_features_may_be_an_expression():
    found = lowered("n = count()", "x = tf.placeholder(tf.float32, [None, n])", "y = tf.layers.dense(x, 2 * n)")
    assert '"dense/kernel", [n, 2 * n]' in found


def test_a_name_that_means_something_else_by_then_is_refused():
    lines = ("n = count()", "x = tf.placeholder(tf.float32, [None, n])", "n = count()", "y = tf.layers.dense(x, 2)")
    assert "'n' has another value" in refused(*lines)


def test_float64_variables():
    found = lowered("x = tf.placeholder(tf.float64, [None, 3])", "y = tf.layers.dense(x, 2)")
    assert 'tf.get_variable("dense/kernel", [3, 2], tf.float64)' in found


def test_convolution():
    found = lowered(IMAGES, "y = tf.layers.conv2d(x, 4, [3, 5], (2, 1), 'same')")
    assert '"conv2d/kernel", [3, 5, 3, 4]' in found
    assert 'tf.nn.conv2d(x, conv2d_kernel, [1, 2, 1, 1], "SAME")' in found


def test_sizes_go_on_behind_convolutions_and_pools():
    lines = (
        IMAGES,
        "y = tf.layers.conv2d(x, 4, 3)",
        "y = tf.layers.max_pooling2d(y, 2, 2, padding='same')",
        "z = tf.layers.dense(tf.layers.flatten(y), 2)",
    )
    assert "tf.reshape(y, [-1, 36])" in lowered(*lines)
    assert variables(*lines)["dense/kernel"] == "[36, 2]"


def test_transposed_convolution_says_the_shape_of_its_result():
    found = lowered(IMAGES, "y = tf.layers.conv2d_transpose(x * 2.0, 4, 3, strides=2, use_bias=False)")
    assert "net = x * 2.0\n" in found
    assert '"conv2d_transpose/kernel", [3, 3, 4, 3]' in found
    assert "[tf.shape(net)[0], 17, 17, 4], [1, 2, 2, 1]" in found


def test_fused_normalization_takes_the_mean_off_first():
    found = lowered(IMAGES, "y = tf.layers.batch_normalization(x)")
    assert "scale = tf.math.rsqrt(batch_normalization_moving_variance + 0.001) * batch_normalization_gamma\n" in found
    assert "(x - batch_normalization_moving_mean) * scale" in found
    assert found.count("trainable=False") == 2


def test_a_small_epsilon_is_raised_as_the_fused_op_of_tf1_does():
    assert "moving_variance + 1.001e-05" in lowered(IMAGES, "y = tf.layers.batch_normalization(x, epsilon=1e-6)")


def test_normalization_of_rows():
    found = lowered(ROWS, "y = tf.layers.batch_normalization(x, center=False, epsilon=1e-6)")
    assert "tf.nn.batch_normalization(x, " in found
    assert "None, batch_normalization_gamma, 1e-6)" in found


def test_operators_beside_a_layer_keep_their_operands():
    found = lowered(IMAGES, "y = 2.0 * tf.layers.batch_normalization(x, scale=False) * 3.0")
    assert "y = 2.0 * ((x - " in found
    assert "batch_normalization_beta) * 3.0" in found


def test_an_operator_in_the_input_keeps_its_operands():
    assert "((x + x) - " in lowered(IMAGES, "y = tf.layers.batch_normalization(x + x, scale=False)")


def test_dropout_does_nothing_out_of_training():
    found = lowered(
        ROWS, "flag = tf.placeholder_with_default(False, [])", "x = tf.layers.dropout(x, 0.5, training=flag)"
    )
    assert "dropout" not in found
    assert lowered(ROWS, "if flag:", "    x = tf.layers.dropout(x)").endswith("if flag:\n    pass\n")


def test_constants_that_only_layers_read_go_with_them():
    found = lowered(ROWS, "training = False", "y = tf.layers.dropout(x, training=training)")
    assert found.endswith("[None, 6])\ny = x\n")


def test_layer_objects_share_their_variables():
    found = lowered(ROWS, "layer = tf.layers.Dense(6)", "y = layer(x) + layer.apply(layer(x))")
    assert "layer" not in found
    assert found.count("tf.get_variable") == 2
    assert found.count("dense_kernel)") == 3


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("y = tf.layers.dense(x, units=pick())", "units is computed in the call"),
        ("y = tf.layers.dense(x, 2, activation=pick())", "is not known here"),
        ("y = tf.layers.dense(x, 2, kernel_constraint=abs)", "kernel_constraint"),
        ("y = tf.layers.dense(x, 2, activity_regularizer=abs)", "activity_regularizer"),
        ("y = tf.layers.dense(x, 2, use_bias=flag())", "use_bias is only known at run time"),
        ("y = tf.layers.dense(x, 2, name=pick())", "name is only known at run time"),
        ("y = tf.layers.dense(x, *sizes)", "with * or **"),
        ("y = tf.layers.dense(x, 2, colour=3)", "colour"),
        ("y = tf.layers.dense(unknown(x), 2)", "static shape of its input"),
        ("y = tf.layers.dense(tf.reshape(x, [2, -1]), 2)", "number of features"),
        ("y = tf.layers.dense(tf.cast(x, tf.int32), 2)", "dtype int32"),
        ("y = tf.layers.dropout(x, training=True)", "at random"),
        ("y = tf.layers.batch_normalization(x, training=True)", "own statistics"),
        ("y = tf.layers.batch_normalization(x, training=flag)", "only known at run time"),
        ("y = tf.layers.batch_normalization(x, axis=0)", "another axis"),
        ("y = tf.layers.batch_normalization(x, renorm=True)", "renormalizes"),
        ("y = tf.layers.locally_connected(x, 2)", "not a layer that can be written out"),
        ("y = list(map(lambda v: tf.layers.dense(v, 2), [x]))", "lambda"),
        ("y = [tf.layers.dense(x, 2) for _ in range(2)]", "comprehension"),
        ("if tf.layers.dense(x, 2) is None: pass", "head of a statement"),
        ("y = 1; z = tf.layers.dense(x, 2)", "shares its line"),
        ("layer = tf.layers.Dense(2); print(layer.kernel)", "shares its line"),
        ("layer = tf.layers.Dense(2)\nprint(layer.kernel)", "other than by a call"),
    ],
)
def test_refused(line: str, reason: str):
    assert reason in refused(ROWS, line)


def test_channels_first_are_refused():
    assert "channels first" in refused(IMAGES, "y = tf.layers.conv2d(x, 2, 3, data_format='channels_first')")


def test_images_of_unknown_size_cannot_be_grown():
    lines = ("x = tf.placeholder(tf.float32, [None, None, None, 3])", "y = tf.layers.conv2d_transpose(x, 2, 3)")
    assert "height and width" in refused(*lines)


def test_a_kernel_as_wide_as_a_name_says():
    text = lowered(IMAGES, "y = tf.layers.conv2d(x, 4, [3, width])", above="width = given()")
    assert '"conv2d/kernel", [3, width, 3, 4]' in text
