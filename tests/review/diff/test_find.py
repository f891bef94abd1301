from __future__ import annotations

from migrate.review.diff.find import Match, find
from migrate.review.diff.rows import Side, rows

BEFORE = "import os\nx = tf.log(TF)\n"
AFTER = "import os\nx = tf.math.log(TF)\n"


def found(text):
    made = rows(BEFORE, AFTER)
    return [(m.row, m.side) for m in find(made, text)]


def test_equal_lines_count_once():
    assert find(rows(BEFORE, AFTER), "os") == (Match(0, Side.BOTH, 7, 9),)


def test_both_sides_of_a_change():
    assert find(rows(BEFORE, AFTER), ".log") == (Match(1, Side.LEFT, 6, 10), Match(1, Side.RIGHT, 11, 15))


def test_capitals_matter_where_there_are_some():
    assert found("tf") == [(1, Side.LEFT)] * 2 + [(1, Side.RIGHT)] * 2
    assert found("TF") == [(1, Side.LEFT), (1, Side.RIGHT)]


def test_nothing():
    assert find(rows(BEFORE, AFTER), "") == find(rows(BEFORE, AFTER), "absent") == find((), "x") == ()


def test_letters_that_grow_in_lower_case_do_not_shift_what_follows():
    made = rows("İİ tf", "İİ tf")
    assert find(made, "tf") == (Match(0, Side.BOTH, 3, 5),)


def test_places_do_not_overlap():
    assert [m.start for m in find(rows("aaaaa", "aaaaa"), "aa")] == [0, 2]
