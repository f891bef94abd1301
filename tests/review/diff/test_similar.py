from __future__ import annotations

from migrate.review.diff.similar import alike, likeness


def test_likeness():
    assert likeness("x = tf.log(y)", "    x = tf.log(y)  ") == 1
    assert likeness("name='x'", 'name="x"') == 1
    assert likeness("import os", "def train():") == 0
    assert likeness(")", ")") == 0
    assert 0.5 < likeness("x = tf.log(y)", "x = tf.math.log(y)") < 1


def test_lines_are_paired_with_what_is_most_like_them_in_order():
    left = ["a = load(path)", "b = tf.log(a)"]
    right = ["import os", "b = tf.math.log(a)", "a = load(path, strict)"]
    assert alike(left, right) == [(0, 2)] or alike(left, right) == [(1, 1)]
    assert alike(left, [right[2], right[0], right[1]]) == [(0, 0), (1, 2)]


def test_nothing_to_pair():
    assert alike([], ["x"]) == alike(["x"], []) == alike([")"], [")"]) == []
