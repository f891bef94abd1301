from __future__ import annotations

import pytest

from migrate.review.diff.model import split


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ()),
        ("a", (("a", ""),)),
        ("a\n", (("a", "\n"),)),
        ("\n\n", (("", "\n"), ("", "\n"))),
        ("a\r\nb\rc\n", (("a", "\r\n"), ("b", "\r"), ("c", "\n"))),
        ("a\x0bb\x0c\x1c\x85\u2028", (("a\x0bb\x0c\x1c\x85\u2028", ""),)),
    ],
)
def test_lines_end_where_pythons_do(text, lines):
    assert split(text) == lines
