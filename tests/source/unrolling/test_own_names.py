from checks import check_native, kinds, script
from written import check_left, function, written

from migrate.source.unrolling.own_names import shares_names, with_own_names


def test_the_second_variable_of_a_name():
    found = written(with_own_names, "w = tf.Variable(1.0)", "x = x * w", "w = tf.Variable(2.0)", "return x + w")
    assert found.splitlines() == ["w = tf.Variable(1.0)", "x = x * w", "w_2 = tf.Variable(2.0)", "return x + w_2"]


def test_a_name_that_becomes_a_tensor():
    found = written(with_own_names, "w = tf.Variable(1.0)", "w = w * 2.0", "return w")
    assert found.splitlines() == ["w_2 = tf.Variable(1.0)", "w = w_2 * 2.0", "return w"]


def test_variables_inside_expressions():
    found = written(with_own_names, "ws = []", "ws.append(tf.Variable(1.0, name='first'))", "x = x + tf.Variable(2.0)")
    assert found.splitlines() == [
        "ws = []",
        "first = tf.Variable(1.0, name='first')",
        "ws.append(first)",
        "variable = tf.Variable(2.0)",
        "x = x + variable",
    ]


def test_reasons_get_their_lines():
    text = function("x = x + tf.Variable(2.0)", "return x")
    assert with_own_names(text, kinds(text, "build")).lines == (1, 2, 3, 4, 4, 5, 6)


def test_what_keeps_its_name():
    check_left(with_own_names, "w = tf.Variable(1.0)", "v = [tf.Variable(2.0), tf.Variable(3.0)]")
    check_left(with_own_names, "w = tf.Variable(1.0)", "if n:", "    w = tf.Variable(2.0)", "return x * w")
    check_left(with_own_names, "w = tf.Variable(1.0)", "def f(): return w", "w = tf.Variable(2.0)")
    check_left(with_own_names, "for i in range(n):", "    x = x + tf.Variable(2.0)")
    check_left(with_own_names, "x = n and tf.Variable(2.0)")
    assert not shares_names(kinds(function("w = tf.Variable(1.0)"), "build"))


def test_trained_variables():
    check_native(
        script(
            "w = tf.Variable(tf.ones([3, 2]))",
            "y = tf.matmul(x, w)",
            "w = tf.Variable(tf.ones([2, 2]))",
            "y = tf.matmul(y, w)",
            "train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y))",
            session="sess.run(train, {x: [[1.0, 2.0, 3.0]]})",
        ),
        'tf.Variable(w, name="Variable")',
        'tf.Variable(w_2, name="Variable_1")',
    )
