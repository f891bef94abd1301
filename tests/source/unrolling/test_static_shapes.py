from checks import check_native, kinds, script
from written import check_left, function, written

from migrate.source.unrolling.static_shapes import reads_shapes, without_shapes

X = "x = tf.placeholder(tf.float32, [None, 4, 4, 2])"


def test_the_ways_to_read_a_size():
    for read in ("x.get_shape().as_list()[-1]", "x.shape[3]", "int(x.shape[3])", "x.get_shape()[3].value"):
        found = written(without_shapes, X, f"w = tf.get_variable('w', [{read}, 3])")
        assert "tf.get_variable('w', [2, 3])" in found


def test_sizes_that_have_names():
    found = written(
        without_shapes,
        X,
        "k = tf.get_variable('k', [3, 3, 2, 5])",
        "x = tf.nn.conv2d(x, k, strides=[1, 1, 1, 1], padding='VALID')",
        "x = tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')",
        "dims = x.get_shape().as_list()",
        "_, height, _, _ = x.shape.as_list()",
        "volume = dims[1] * dims[2] * dims[3]",
        "w = tf.get_variable('w', [volume, height])",
    )
    assert "volume = 1 * 1 * 5" in found
    assert "tf.get_variable('w', [volume, 1])" in found


def test_sizes_that_are_not_known():
    check_left(without_shapes, X, "w = tf.get_variable('w', [x.shape[0], 3])")
    check_left(without_shapes, X, "w = tf.get_variable('w', [x.shape[n], 3])")
    check_left(without_shapes, X, "x = tf.py_func(n, [x], tf.float32)", "w = tf.get_variable('w', [x.shape[1], 3])")


def test_shapes_that_no_variable_is_made_of():
    assert not reads_shapes(kinds(function(X, "y = tf.reshape(x, [-1, x.shape[3]])"), "build"))


def test_an_export():
    check_native(
        script("w = tf.get_variable('w', [x.get_shape().as_list()[-1], 2])", "y = tf.matmul(x, w)"),
        "([3, 2], tf.float32)",
    )
