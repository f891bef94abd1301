"""Which plans the sites of one file get together."""

from __future__ import annotations

from checks import rewrite

from migrate.results import Level

TWO = """
import tensorflow as tf


def export(names):
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    w = tf.Variable(tf.zeros([3]), name='w')
    y = x * w
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(sess, 'one', {'x': x}, {'y': y})
        tf.saved_model.simple_save(sess, 'two', {'x': x}, {name: y for name in names})
"""


def test_a_plan_for_several_sites_is_not_lost_because_one_of_them_had_a_better_one():
    # The first one alone could be native, which the second keeps it from.
    result = rewrite(TWO)
    assert {(site.level, site.rule) for site in result.sites} == {(Level.WRAPPED, "TFM206")}
    assert result.after.count("wrapped.save(") == 2


def test_a_better_plan_stays_where_nothing_keeps_it_from_that():
    alone = TWO.replace(
        "        tf.saved_model.simple_save(sess, 'two'", "        # tf.saved_model.simple_save(sess, 'two'"
    )
    assert [site.level for site in rewrite(alone).sites] == [Level.NATIVE]
