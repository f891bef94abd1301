from __future__ import annotations

from migrate.review.diff.matching import matches
from migrate.review.diff.slide import slid

ONE = ["def one():", "    return None", ""]
TWO = ["def two():", "    return None", ""]
THREE = ["def three():", "    return None", ""]


def inserted(left, right):
    there = {j for _, j in matches(left, right)}
    return [right[j] for j in range(len(right)) if j not in there]


def test_an_inserted_function_begins_with_its_first_line():
    assert inserted([*ONE, *THREE], [*ONE, *TWO, *THREE]) == TWO


def test_a_removed_function_begins_with_its_first_line():
    left, right = [*ONE, *TWO, *THREE], [*ONE, *THREE]
    here = {i for i, _ in matches(left, right)}
    assert [left[i] for i in range(len(left)) if i not in here] == TWO


def test_a_block_slides_both_ways():
    left, right = [*ONE, *THREE], [*ONE, *TWO, *THREE]
    for first in range(1, 4):  # the block may begin with any line from the one behind `def one()` on
        pairs = [(i, i if i < first else i + 3) for i in range(6)]
        assert slid(left, right, pairs) == [(0, 0), (1, 1), (2, 2), (3, 6), (4, 7), (5, 8)]


def test_what_changes_on_both_sides_stays():
    pairs = [(0, 0), (2, 2)]
    assert slid(["a", "x", "b"], ["a", "y", "b"], pairs) == pairs
