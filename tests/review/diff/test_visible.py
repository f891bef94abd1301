from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.review.diff.visible import Visible, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x = 1", "x = 1"),
        ("\tx", "        x"),
        ("abc\tx", "abc     x"),
        ("日本\tx", "日本    x"),
        ("a\x1b[31mb", "a^[[31mb"),
        ("a\x7f\x00", "a^?^@"),
        ("a\x9b\u202eb\ufeff", "a\\x9b\\u202eb\\ufeff"),
        ("\udcff\U000e0001", "\\udcff\\U000e0001"),
        ("非", "非"),
    ],
)
def test_lines_as_they_are_shown(text, shown):
    assert visible(text).text == shown


@settings(derandomize=True, deadline=None)
@given(st.text(max_size=30))
def test_every_character_has_its_place(text):
    shown = visible(text)
    assert shown.text.isprintable()
    places = [shown.place(index) for index in range(len(text) + 1)]
    assert places == sorted(set(places))
    assert (places[0], places[-1]) == (0, len(shown.text))
    for index, char in enumerate(text):
        part = shown.text[places[index] : places[index + 1]]
        assert part == char or not char.isprintable()
        assert ((places[index], places[index + 1]) in shown.codes) == (not char.isprintable() and char != "\t")


def test_plain_lines_stay_as_they_are():
    assert visible("héllo") == Visible("héllo", None, ())
