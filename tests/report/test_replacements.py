from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.report.replacements import Replacement, replacements, text_lines

LINES = st.lists(st.sampled_from(["a\n", "b\n", "b\r\n", "c\r", "\f\n", "\n", "\U0001f600\n", "d"])).map("".join)


def offset(text: str, line: int, column: int) -> int:
    """Where a line and column are."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    return starts[line - 1] + column - 1


def applied(text: str, made: tuple[Replacement, ...]) -> str:
    for one in reversed(made):
        start, end = offset(text, one.line, one.column), offset(text, one.end_line, one.end_column)
        text = text[:start] + one.text + text[end:]
    return text


@given(LINES, LINES)
def test_they_make_the_new_text(before, after):
    assert applied(before, replacements(before, after)) == after
    assert bool(replacements(before, after)) == (before != after)


def test_only_what_has_changed_is_replaced():
    before = "one\ntwo\nthree\nfour\nfive\n"
    assert replacements(before, "one\n2\n2.5\nthree\nfive\n") == (
        Replacement(2, 1, 3, 1, "2\n2.5\n"),
        Replacement(4, 1, 5, 1, ""),
    )


@pytest.mark.parametrize(
    ("before", "after", "made"),
    [
        ("a\n", "a\nb\n", Replacement(1, 3, 1, 3, "b\n")),
        ("a\r\n", "a\r\nb\r\n", Replacement(1, 4, 1, 4, "b\r\n")),
        ("a\nb\n", "a\n", Replacement(2, 1, 2, 3, "")),
        ("a", "a\n", Replacement(1, 1, 1, 2, "a\n")),
        ("a\n", "b\na\n", Replacement(1, 1, 1, 1, "b\n")),
        ("", "a\n", Replacement(1, 1, 1, 1, "a\n")),
    ],
)
def test_the_end_of_a_text_is_behind_its_last_line(before, after, made):
    assert replacements(before, after) == (made,)


def test_lines_are_those_of_python():
    assert text_lines("a\rb\r\n\fc\x0bd\u2028e\n\n") == ["a\r", "b\r\n", "\fc\x0bd\u2028e\n", "\n"]


def test_a_long_text_with_many_equal_lines_is_compared_quickly():
    # Compared as a whole, difflib would look at 25 million pairs of empty lines.
    lines = ["\n"] * 5000
    assert replacements("".join(lines), "".join([*lines, "end\n"])) == (Replacement(5000, 2, 5000, 2, "end\n"),)
