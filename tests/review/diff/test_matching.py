from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.review.diff.matching import gaps, is_telling, matches

TEXTS = st.lists(st.sampled_from(["", ")", "alpha = 1", "beta = 2", "gamma = 3", "delta = 4"]), max_size=20)


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS)
def test_matches_are_equal_and_in_order(left, right):
    pairs = matches(left, right)
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS)
def test_gaps_are_all_the_rest(left, right):
    pairs = matches(left, right)
    between = list(gaps(pairs, len(left), len(right)))
    assert sorted([i for i, _ in pairs] + [i for xs, _ in between for i in xs]) == list(range(len(left)))
    assert sorted([j for _, j in pairs] + [j for _, ys in between for j in ys]) == list(range(len(right)))
    assert all(xs or ys for xs, ys in between)


def test_lines_that_occur_once_win_over_more_lines_that_do_not():
    left = [")", ")", ")", "def train():", "x = 1"]
    right = ["def train():", "x = 1", ")", ")", ")"]
    assert matches(left, right) == [(3, 0), (4, 1)]


def test_a_brace_does_not_tear_a_change_apart():
    left = ["alpha = 1", "beta = 2", "gamma = 3", ")", "delta = 4", "epsilon = 5", "zeta = 6"]
    right = ["one = 1", "two = 2", "three = 3", ")", "four = 4", "five = 5", "six = 6"]
    assert matches(left, right) == []
    assert matches(left[2:5], right[2:5]) == [(1, 1)]


def test_lines_that_say_little():
    assert not any(map(is_telling, ["", "    ", ")", "else:", "    }],", "try:"]))
    assert all(map(is_telling, ["import os", "x = tf.abs(y)"]))
