from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.review.diff.rows import Hunk, Mark, Row, Side, hunks, rows, unified

LINES = st.sampled_from(
    ["", ")", "    ", "x = tf.placeholder(tf.float32)", "    x = tf.placeholder(tf.float32)", "y = tf.log(x)",
     "y = tf.math.log(x)", "\treturn y", "else:", "日本 = 'é'", "a\x0cb\u2028c", "import numpy as np"]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
PROGRAMS = st.lists(st.tuples(LINES, ENDS), max_size=25).map(lambda some: "".join(a + b for a, b in some))
TEXTS = st.one_of(PROGRAMS, st.text(alphabet="ab \n\r(", max_size=60), st.text(max_size=60))


def sides(made):
    return [row.left for row in made if row.left], [row.right for row in made if row.right]


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS)
def test_each_side_is_its_text(before, after):
    left, right = sides(rows(before, after))
    assert "".join(line.text + line.ending for line in left) == before
    assert "".join(line.text + line.ending for line in right) == after
    assert [line.number for line in left] == list(range(1, len(left) + 1))
    assert [line.number for line in right] == list(range(1, len(right) + 1))


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS)
def test_marks_fit_the_lines(before, after):
    made = rows(before, after)
    left, right = sides(made)
    assert all(row.left or row.right for row in made)
    for row in made:
        marks = {line.mark for line in (row.left, row.right) if line}
        assert not ({Mark.EQUAL} < marks)
        if row.is_equal:
            assert (row.left.text, row.left.ending) == (row.right.text, row.right.ending)
            assert (row.left.other, row.right.other) == (row.right.number, row.left.number)
    for mine, others, own in ((left, right, Mark.REMOVED), (right, left, Mark.ADDED)):
        for line in mine:
            assert line.mark in {Mark.EQUAL, Mark.MOVED, own}
            if line.mark is Mark.MOVED:
                other = others[line.other - 1]
                assert (other.mark, other.other) == (Mark.MOVED, line.number)
                assert line.spans or other.spans or line.text.strip() == other.text.strip()
            assert (line.other is None) == (line.mark is own)


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS)
def test_spans_lie_inside_their_lines_and_are_all_that_differs(before, after):
    for row in rows(before, after):
        for line in (row.left, row.right):
            ends = [0, *(end for span in (line.spans if line else ()) for end in (span.start, span.end))]
            assert ends == sorted(ends)
            assert not line or ends[-1] <= len(line.text)
            assert all(span.start < span.end for span in (line.spans if line else ()))
        if row.left and row.right and row.right.mark is Mark.ADDED and row.left.mark is Mark.REMOVED:
            if row.left.spans or row.right.spans:
                assert unspanned(row.left) == unspanned(row.right)


def unspanned(line):
    """What both lines have; spaces between two spans belong to them."""
    for span in reversed(line.spans):
        line = type(line)(line.number, line.text[: span.start] + line.text[span.end :], line.mark)
    return line.text.replace(" ", "")


@settings(derandomize=True, deadline=None)
@given(TEXTS)
def test_a_text_is_equal_to_itself(text):
    made = rows(text, text)
    assert all(row.is_equal for row in made)
    assert hunks(made) == ()


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS, st.integers(0, 3))
def test_hunks_hold_every_change_and_do_not_touch(before, after, context):
    made = rows(before, after)
    found = hunks(made, context)
    shown = {index for hunk in found for index in range(hunk.start, hunk.end)}
    assert shown >= {index for index, row in enumerate(made) if not row.is_equal}
    assert all(one.end < other.start for one, other in pairwise(found))
    assert all(0 <= hunk.start < hunk.end <= len(made) for hunk in found)


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS)
def test_the_one_column_form_has_every_line_once(before, after):
    lines = unified(rows(before, after))
    new = [line.number for side, line in lines if side is not Side.LEFT]
    old = [line.number if side is Side.LEFT else line.other for side, line in lines if side is not Side.RIGHT]
    assert new == list(range(1, len(new) + 1))
    assert old == list(range(1, len(old) + 1))
    assert sides(rows(before, after))[1] == [line for side, line in lines if side is not Side.LEFT]


def shown(before, after):
    """Each row as two marks; the letter of the line for those that are not equal."""
    signs = {Mark.EQUAL: "=", Mark.REMOVED: "-", Mark.ADDED: "+", Mark.MOVED: "~"}
    return [
        tuple(line and signs[line.mark] + line.text.strip() for line in (r.left, r.right)) for r in rows(before, after)
    ]


def test_a_changed_line_is_next_to_what_it_was():
    before = "import os\nlogits = tf.matmul(x, w)\nprint(logits)\n"
    after = "import os\nw_2 = tf.Variable(w)\nlogits = tf.linalg.matmul(x, w)\nprint(logits)\n"
    assert shown(before, after) == [
        ("=import os", "=import os"),
        (None, "+w_2 = tf.Variable(w)"),
        ("-logits = tf.matmul(x, w)", "+logits = tf.linalg.matmul(x, w)"),
        ("=print(logits)", "=print(logits)"),
    ]


def test_lines_that_were_indented_stay_next_to_each_other():
    before = "with tf.Session() as sess:\n    export_one(sess)\n    export_two(sess)\n"
    after = "export_one(sess)\nexport_two(sess)\n"
    made = rows(before, after)
    assert [(row.left.text, row.right and row.right.text) for row in made] == [
        ("with tf.Session() as sess:", None),
        ("    export_one(sess)", "export_one(sess)"),
        ("    export_two(sess)", "export_two(sess)"),
    ]
    assert [(span.start, span.end) for span in made[1].left.spans] == [(0, 4)]
    assert made[1].right.spans == ()


def test_moved_lines_know_where_they_went():
    before = "logits = tf.matmul(x, w) + b\nimport os\nimport sys\nprint(os.path)\n"
    after = (
        "import os\nimport sys\nprint(os.path)\nclass Model:\n    def f(self):\n        logits = tf.matmul(x, w) + b\n"
    )
    made = rows(before, after)
    assert (made[0].left.mark, made[0].left.other, made[0].left.spans) == (Mark.MOVED, 6, ())
    assert (made[-1].right.mark, made[-1].right.other) == (Mark.MOVED, 1)


def test_moved_lines_show_the_words_that_changed():
    before = "logits = tf.matmul(hidden, weights) + bias\nimport os\nimport sys\nprint(os.path)\n"
    after = "import os\nimport sys\nprint(os.path)\n    logits = tf.matmul(hidden, self.weights) + self.bias\n"
    line = rows(before, after)[-1].right
    assert line.mark is Mark.MOVED
    assert [line.text[span.start : span.end] for span in line.spans] == ["self.", "self."]


def test_other_line_ends_are_a_change_of_the_line_without_a_change_of_words():
    (row,) = rows("one = call()\r\n", "one = call()\n")
    assert (row.left.mark, row.right.mark, row.left.spans, row.right.spans) == (Mark.REMOVED, Mark.ADDED, (), ())
    assert (row.left.ending, row.right.ending) == ("\r\n", "\n")


def test_a_line_end_that_is_missing_is_a_change():
    (row,) = rows("one = call()", "one = call()\n")
    assert not row.is_equal


def test_form_feeds_do_not_end_lines():
    assert len(rows("a\x0cb\x85c\u2028d\n", "")) == 1


def test_hunks_meet_where_little_lies_between():
    lines = [str(number) for number in range(30)]
    changed = [*lines]
    changed[5] = changed[12] = changed[25] = "other"
    made = rows("\n".join(lines), "\n".join(changed))
    assert hunks(made, 3) == (Hunk(2, 16), Hunk(22, 29))
    assert hunks(made, 2) == (Hunk(3, 8), Hunk(10, 15), Hunk(23, 28))


def test_nothing_against_something():
    assert rows("", "") == ()
    (row,) = rows("", "a")
    assert row == Row(None, row.right)
    assert unified((row,)) == ((Side.RIGHT, row.right),)


def test_a_file_where_every_line_changed_a_little_is_shown_line_by_line():
    before = "".join(f"value_{n} = tf.matmul(x_{n}, w_{n})\n" for n in range(400))
    made = rows(before, before.replace("tf.", "tf.linalg."))
    assert len(made) == 400
    assert all(row.right.spans for row in made)
