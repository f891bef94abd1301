"""Where variables get their values: from their initializers, from statements of the session, or from it as a whole."""

from __future__ import annotations

from checks import check_native, check_not_native, script

REUSED = (
    "with tf.variable_scope('a'):\n  first = tf.get_variable('r', [3], initializer=tf.{made}())",
    "with tf.variable_scope('a', reuse=True):\n  y = x * tf.get_variable('r', [3], initializer=tf.{again}())",
)


def reused(made: str, again: str, session: str = "") -> str:
    return script(*(line.format(made=made, again=again) for line in REUSED), session=session)


def test_an_assignment_becomes_one_of_the_module():
    after = check_native(script("w = tf.Variable(2.0, name='w')", "y = x * w", session="sess.run(w.assign(3.0))"))
    assert "model.w.assign(3.0)" in after
    assert "Session" not in after


def test_an_assignment_stays_in_a_session_whose_graph_stays_for_other_code():
    # In that graph the module would have no values that could be set.
    code = """
        import tensorflow as tf

        def export():
            x = tf.placeholder(tf.float32, [None, 3], name='x')
            w = tf.Variable(2.0, name='w')
            y = x * w
            shifted = lambda a: a + y
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                sess.run(w.assign(3.0))
                tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})
        """
    after = check_native(code)
    assert "sess.run(w.assign(3.0))" in after
    assert "w_value = sess.run(w)" in after
    assert after.index("sess.run(w)") < after.index("ExportedModel(w_value)")


def test_a_variable_that_another_call_made_is_not_made_with_this_ones_first_value():
    check_not_native(reused("ones_initializer", "zeros_initializer"), "TFM109", "made on line")


def test_the_same_first_value_may_be_written_twice():
    check_native(reused("ones_initializer", "ones_initializer"), 'name="a/r"')


def test_the_first_value_does_not_matter_where_the_session_gives_another():
    code = reused("ones_initializer", "zeros_initializer", session="sess.run(first.assign(first * 2.0))")
    check_native(code, "ExportedModel(")
