import ast
from textwrap import dedent

from checks import check_native, kinds, script
from written import check_left, function, written

from migrate.source.unprovable import Unprovable
from migrate.source.unrolling.rewrite import without_loops


def test_names_and_tests_of_each_round():
    found = written(
        without_loops,
        "for i, size in enumerate([4, 3]):",
        "    with tf.variable_scope('layer_%d' % i):",
        "        w = tf.get_variable('w', [3, size])",
        "        x = tf.matmul(x, w)",
        "        if i < 1:",
        "            x = tf.nn.relu(x)",
        "return x",
    )
    assert found == dedent("""\
        with tf.variable_scope('layer_0'):
            w_4 = tf.get_variable('w', [3, 4])
            x = tf.matmul(x, w_4)
            x = tf.nn.relu(x)
        with tf.variable_scope('layer_1'):
            w_3 = tf.get_variable('w', [3, 3])
            x = tf.matmul(x, w_3)
        return x
        """)


def test_names_that_go_from_round_to_round_or_out_of_the_loop():
    found = written(
        without_loops,
        "total = 0",
        "for i in range(2):",
        "    last = tf.Variable(i * 0.5)",
        "    inner = last * 2.0",
        "    total = total + inner",
        "return total, last",
    )
    assert "last = tf.Variable(0 * 0.5)" in found
    assert "inner_1 = last * 2.0" in found
    assert "total = total + inner_0" in found


def test_a_name_that_is_taken():
    found = written(without_loops, "w_0 = 7.0", "for i in range(1):", "    w = tf.Variable(w_0)", "    x = x * w")
    assert "w_0_2 = tf.Variable(w_0)" in found


def test_targets_that_are_read_behind_the_loop():
    check_left(without_loops, "for i in range(2):", "    w = tf.Variable(1.0)", "return x * i")


def test_comprehensions():
    found = written(without_loops, "for i in range(1):", "    w = tf.Variable([i + k for k in [i]])")
    assert "tf.Variable([0 + k for k in [0]])" in found
    check_left(without_loops, "for i in range(1):", "    w = tf.Variable([i for i in [1]])")


def test_reasons_get_the_lines_of_the_loop():
    text = function("for i in range(2):", "    w = tf.Variable(1.0)", "    x = x * w", "return x")
    found = without_loops(text, kinds(text, "build"))
    assert [found.lines[number - 1] for number in (3, 4, 7, 8)] == [3, 4, 4, 7]
    assert found.placed(Unprovable("TFM101", "said", ast.Pass(lineno=8, col_offset=0))).line == 7


def test_layers_in_a_loop():
    check_native(
        script(
            "outs = []",
            "for units in (4, 5):",
            "  net = tf.layers.dense(x, units)",
            "  outs.append(net)",
            "y = tf.layers.dense(tf.concat(outs, 1), 2)",
        ),
        'name="dense/kernel"',
        'name="dense_1/bias"',
        "([9, 2], tf.float32)",
    )


def test_plain_loops_of_the_function_keep_their_targets():
    check_native(
        script(
            "w = tf.Variable(tf.ones([3, 3]), name='w')",
            "y = x",
            "total = 0",
            "for i in range(2):",
            "  scale = i * 0.5",
            "  y = tf.matmul(y, w) * scale",
            "  total = total + y",
            outputs="{'y': y, 'total': total}",
        ),
        "total = 0\n",
        "scale = i * 0.5",
        without=("self.i", "self.scale"),
    )


def test_attributes_of_numbers():
    found = written(without_loops, "for n in (1, 2):", "    w = tf.Variable(n)", "    x = x * w / n.real")
    assert "x = x * w_1 / (1).real" in found
