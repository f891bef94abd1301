from __future__ import annotations

import pytest

from migrate.report.review_page.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00\x1b[31m\x7f", "a\u2400\u241b[31m\u2421"),
        ("\x85\x9b", "<U+0085><U+009B>"),
        ("admin\u202e txt.exe\u2066", "admin<U+202E> txt.exe<U+2066>"),
        ("a\u200bb\ufeff\u2060\xad", "a<U+200B>b<U+FEFF><U+2060><U+00AD>"),
        ("\udcff\U000e0041", "<U+DCFF><U+E0041>"),
        ("\u2028", "<U+2028>"),
    ],
)
def test_what_cannot_be_seen_is_shown(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["", "a\tb\nc", "Grüße 你好 مرحبا é", "<&\"'>"])
def test_everything_else_stays(text):
    assert visible(text) == text
