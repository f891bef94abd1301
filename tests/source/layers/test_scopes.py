from __future__ import annotations

from lowering import ROWS, lowered, refused, variables


def names(*lines: str, above: str = "") -> list[str]:
    return [name.removesuffix("/kernel") for name in variables(*lines, above=above) if name.endswith("/kernel")]


def test_default_names_count_in_a_scope():
    assert names(ROWS, "a = tf.layers.dense(x, 2)", "b = tf.layers.dense(a, 2)", "c = tf.layers.dense(b, 2)") == [
        "dense",
        "dense_1",
        "dense_2",
    ]


def test_each_scope_counts_for_itself():
    found = lowered(
        ROWS,
        "a = tf.layers.dense(x, 2)",
        "with tf.variable_scope('in'):",
        "    b = tf.layers.dense(a, 2)",
        "c = tf.layers.dense(b, 2)",
    )
    assert '    dense_kernel_2 = tf.get_variable("dense/kernel", [2, 2])\n' in found
    assert 'dense_1_kernel = tf.get_variable("dense_1/kernel", [2, 2])\n' in found


def test_a_name_of_the_own_counts_as_well():
    assert names(ROWS, "a = tf.layers.dense(x, 2, name='dense')", "b = tf.layers.dense(a, 2)") == ["dense", "dense_1"]


def test_a_variable_scope_of_a_layers_name_counts():
    found = names(ROWS, "with tf.variable_scope('dense'):", "    a = tf.identity(x)", "b = tf.layers.dense(x, 2)")
    assert found == ["dense_1"]


def test_a_scope_that_is_left_counts_anew_so_that_layers_are_shared():
    found = lowered(
        ROWS,
        "with tf.variable_scope('net'):",
        "    a = tf.layers.dense(x, 2)",
        "with tf.variable_scope('net', reuse=True):",
        "    b = tf.layers.dense(x * 2.0, 2)",
    )
    assert found.count("tf.get_variable") == 2
    assert found.count("tf.matmul(x * 2.0, dense_kernel)") == 1


def test_a_scope_entered_by_its_object_is_the_same_scope():
    found = lowered(
        ROWS,
        "with tf.variable_scope('net') as scope:",
        "    a = tf.layers.dense(x, 2)",
        "with tf.variable_scope(scope, reuse=True):",
        "    b = tf.layers.dense(x * 2.0, 2)",
    )
    assert found.count("tf.get_variable") == 2


def test_name_scopes_do_not_count():
    assert names(ROWS, "with tf.name_scope('a'):", "    a = tf.layers.dense(x, 2)", "b = tf.layers.dense(a, 2)") == [
        "dense",
        "dense_1",
    ]


def test_a_graph_of_its_own_counts_for_itself():
    found = names(
        ROWS,
        "a = tf.layers.dense(x, 2)",
        "with tf.Graph().as_default():",
        "    y = tf.placeholder(tf.float32, [None, 2])",
        "    b = tf.layers.dense(y, 2)",
    )
    assert found == ["dense"]


def test_a_computed_scope_is_refused():
    reason = refused(ROWS, "with tf.variable_scope(pick()):", "    a = tf.layers.dense(x, 2)")
    assert "variable scope is only known at run time" in reason


def test_a_default_name_after_a_condition_is_refused():
    reason = refused(ROWS, "if flag:", "    a = tf.layers.dense(x, 2)", "b = tf.layers.dense(x, 2)")
    assert "depends on a condition" in reason


def test_a_name_of_the_own_after_a_condition_is_known():
    found = names(ROWS, "if flag:", "    a = tf.layers.dense(x, 2)", "b = tf.layers.dense(x, 2, name='b')")
    assert found == ["dense", "b"]


def test_a_default_scope_name_beside_layers_is_refused():
    lines = ("a = tf.layers.dense(x, 2)", "with tf.variable_scope(None, 'dense'):", "    b = tf.layers.dense(a, 2)")
    assert "variable scope" in refused(ROWS, *lines)


def test_a_loop_is_refused():
    assert "in a loop" in refused(ROWS, "for i in range(2):", "    y = tf.layers.dense(x, 6)")


def test_a_scope_whose_name_the_source_puts_together():
    found = lowered(ROWS, "side = 'left'", "with tf.variable_scope('fw' + side):", "    y = tf.layers.dense(x, 2)", "")
    assert 'tf.get_variable("dense/kernel", [6, 2])' in found


def test_the_guard_of_a_script_is_no_condition():
    body = ["a = tf.layers.dense(x, 2)", "b = tf.layers.dense(a, 2)"]
    guard = ["if __name__ == '__main__':", *(f"    {line}" for line in body)]
    assert names(ROWS, *guard) == ["dense", "dense_1"]
    assert "depends on a condition" in refused(ROWS, "if given:", *(f"    {line}" for line in body))
