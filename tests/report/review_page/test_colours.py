from __future__ import annotations

import pytest

from migrate.report.review_page.colours import coloured_lines, pieces
from migrate.review.diff.model import split


def told(text: str) -> list[list[tuple[str, str]]]:
    lines = [line for line, _ in split(text)]
    return [
        [(line[start:end], name) for start, end, name in found]
        for line, found in zip(lines, coloured_lines(text), strict=True)
    ]


def test_pieces_have_their_classes():
    assert told('@tf.function\ndef f(x):  # no\n  return "a" + 1\n') == [
        [("@tf", "a")],
        [("def", "k"), ("f", "d"), ("# no", "c")],
        [("return", "k"), ('"a"', "s"), ("1", "n")],
    ]


def test_a_string_over_several_lines_colours_all_of_them():
    assert told('x = """a\n b\n"""\ny = 1') == [
        [('"""a', "s")],
        [(" b", "s")],
        [('"""', "s")],
        [("1", "n")],
    ]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "\ufeffx = 1\r\ny = 2\rz = 3", "x = '''", "\x0c\nif x:\n", "def (((", "é = 'ü'\n"]
)
def test_lines_are_those_of_the_diff(text):
    assert len(coloured_lines(text)) == len(split(text))
    for (line, _), found in zip(split(text), coloured_lines(text), strict=True):
        assert all(0 <= start < end <= len(line) for start, end, _ in found)


def test_a_huge_text_stays_without_colours():
    assert set(coloured_lines("x = 'a'\n" * 60_000)) == {()}


def test_a_line_is_cut_without_gaps():
    assert pieces(((0, 3, "k"), (4, 8, "s")), ((2, 6),), 9) == [
        (0, 2, "k", False),
        (2, 3, "k", True),
        (3, 4, "", True),
        (4, 6, "s", True),
        (6, 8, "s", False),
        (8, 9, "", False),
    ]


def test_an_empty_line_has_no_pieces():
    assert pieces((), (), 0) == []
