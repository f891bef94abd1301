from __future__ import annotations

from migrate.review.diff.moved import moved, moved_and_changed


def lines(*some, start=0):
    return dict(enumerate(some, start))


def test_a_block_moves_whatever_its_indentation():
    left = lines("hidden = tf.nn.relu(x)", "", ")", "logits = tf.matmul(hidden, w)")
    right = lines("    hidden = tf.nn.relu(x)", "", "    )", "    logits = tf.matmul(hidden, w)", start=20)
    assert moved(left, right) == {0: 20, 1: 21, 2: 22, 3: 23}


def test_short_lines_are_no_moves():
    assert moved(lines(")", "", "else:", "return x"), lines("return x", "else:", "", ")", start=9)) == {}


def test_empty_lines_at_the_end_do_not_belong_to_a_block():
    assert moved(lines("import numpy as np", ""), lines("import numpy as np", "", start=7)) == {0: 7}


def test_the_largest_block_goes_first():
    left = lines("session.run(train_op)", "writer.add(summary)")
    right = lines("session.run(train_op)", "other()", "session.run(train_op)", "writer.add(summary)")
    assert moved(left, right) == {0: 2, 1: 3}


def test_each_line_moves_once():
    left = lines("session.run(train_op)", "x", "session.run(train_op)")
    assert len(moved(left, lines("session.run(train_op)", start=5))) == 1


def test_lines_that_are_everywhere_do_not_move():
    left = lines(*["session.run(train_op)"] * 30)
    assert moved(left, {index * 2: "session.run(train_op)" for index in range(30)}) == {}


def test_lines_with_a_few_other_words():
    left = lines("logits = tf.matmul(hidden, weights) + bias", "import os")
    right = lines("def f(self):", "    logits = tf.matmul(hidden, self.weights) + self.bias", start=10)
    assert moved_and_changed(left, right, {}) == {0: 11}


def test_next_to_a_moved_line_less_has_to_be_the_same():
    left, right = lines("e = tf.exp(logits)", start=4), lines("e = tf.math.exp(logits, name, axis, 1)", start=9)
    assert moved_and_changed(left, right, {}) == {}
    assert moved_and_changed(left, right, {5: 10}) == {4: 9}
    assert moved_and_changed(left, right, {3: 8}) == {4: 9}
