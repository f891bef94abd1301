from checks import check_native, check_not_native, script

INITIALIZER = "tf.random_normal_initializer(stddev=0.1, seed=4)"


def test_a_named_initializer_is_written_out():
    check_native(
        script(
            "start = tf.random_normal_initializer(stddev=0.1)",
            "w = tf.get_variable('w', [3, 2], initializer=start)",
            "v = tf.get_variable('v', [2], initializer=start)",
            "y = tf.matmul(x, w) + v",
        ),
        "tf.random.normal([3, 2], 0.0, 0.1, tf.float32)",
        "tf.random.normal([2], 0.0, 0.1, tf.float32)",
    )


def test_two_variables_of_one_seed():
    for first, second in [(INITIALIZER, INITIALIZER), ("start", "start")]:
        check_not_native(
            script(
                f"start = {INITIALIZER}",
                f"w = tf.get_variable('w', [3, 2], initializer={first})",
                f"v = tf.get_variable('v', [2], initializer={second})",
                "y = tf.matmul(x, w) + v",
            ),
            "TFM109",
            "the same seed",
        )


def test_seeds_of_their_own():
    check_native(
        script(
            "w = tf.Variable(tf.truncated_normal([3, 2], seed=1))",
            "v = tf.Variable(tf.random_normal([2], seed=1))",
            "u = tf.Variable(tf.random_normal([2], seed=2))",
            "y = tf.matmul(x, w) + v + u",
        )
    )


def test_tensors_as_defaults_beside_a_session_that_stays():
    check_not_native(
        script(
            "def moved(t, by=tf.constant(1.5)):",
            "  return t + by",
            "w = tf.Variable(tf.ones([3]))",
            "y = moved(x * w)",
            "train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y))",
            session="sess.run(train, {x: [[1.0, 2.0, 3.0]]})",
        ),
        "TFM101",
        "a definition holds a tensor",
    )
