from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.review.diff.model import Mark
from migrate.review.diff.words import changed_words, tokens

LINES = st.one_of(st.text(max_size=40), st.lists(st.sampled_from([*"abc('\" =,.1", "tf", "self"])).map("".join))


def words(left, right):
    removed, added = changed_words(left, right)
    return [left[s.start : s.end] for s in removed], [right[s.start : s.end] for s in added]


@settings(derandomize=True, deadline=None)
@given(LINES)
def test_tokens_are_the_line(line):
    assert "".join(tokens(line)) == line


@settings(derandomize=True, deadline=None)
@given(LINES, LINES)
def test_spans_are_inside_and_apart(left, right):
    for spans, line, mark in zip(changed_words(left, right), (left, right), (Mark.REMOVED, Mark.ADDED), strict=True):
        ends = [end for span in spans for end in (span.start, span.end)]
        assert ends == sorted(set(ends))
        assert all(0 <= end <= len(line) for end in ends)
        assert {span.mark for span in spans} <= {mark}


@settings(derandomize=True, deadline=None)
@given(LINES)
def test_nothing_changes_in_the_same_line(line):
    assert changed_words(line, line) == ((), ())


def test_tokens():
    assert tokens("x = tf.abs(r'a b\\'', 1.5e-3) // 2") == [
        "x", " ", "=", " ", "tf", ".", "abs", "(", "r'a b\\''", ",", " ", "1.5e-3", ")", " ", "//", " ", "2",
    ]  # fmt: skip


def test_words_are_marked_as_wholes():
    assert words("y = tf.log(x)", "y = tf.math.log(x)") == ([], ["math."])
    assert words("y = tf.placeholder(1)", "y = tf.placeholder_with_default(1)") == (
        ["placeholder"],
        ["placeholder_with_default"],
    )
    assert words("a = call(one, two)", "a = call(three, two)") == (["one"], ["three"])


def test_indentation_is_a_change():
    assert words("    )", ")") == (["    "], [])
    assert words("    x = call()", "x = call()") == (["    "], [])


def test_what_only_spaces_part_is_one_change():
    assert words("return build(x, y)", "return await some build(x, y)") == ([], ["await some "])


def test_of_a_string_the_words_are_marked():
    assert words("f('export directory of models')", "f('export folder of models')") == (["directory"], ["folder"])
    assert words("f('x')", "f('y')") == (["x"], ["y"])


def test_lines_that_have_little_in_common_are_not_marked():
    assert words("with tf.Session() as sess:", "serving = tf.function(model)") == ([], [])
    assert words(")", "]") == ([], [])


def test_very_long_lines_are_marked_from_the_first_difference_to_the_last():
    left = "x = [" + ", ".join(map(str, range(1000))) + "]"
    removed, added = words(left, left.replace(" 10,", " -10,").replace(" 990,", " -990,"))
    assert (len(removed), len(added)) == (1, 1)
    assert added[0].startswith("-10") or added[0].startswith("10")
