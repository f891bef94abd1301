from __future__ import annotations

import pytest

from migrate.source.notebook.json_text import elements, members, spelled_lines


@pytest.mark.parametrize("gap", ["", " ", "\n  ", "\r\n\t"])
def test_members_and_elements_say_where_they_are(gap: str):
    text = f'{{{gap}"a{{"{gap}:{gap}[{gap}1{gap},{gap}"]\\"}}"{gap},{gap}{{}}{gap}]{gap},{gap}"b":null{gap}}}'
    found = {key: text[span.start : span.end] for key, span in members(text, 0)}
    assert found["b"] == "null"
    start = text.index("[")
    assert found["a{"] == text[start : text.rindex("]") + 1]
    assert [text[span.start : span.end] for span in elements(text, start)] == ["1", '"]\\"}"', "{}"]


def test_nothing_has_no_parts():
    assert list(members("{ }", 0)) == []
    assert list(elements("[\n]", 0)) == []


def test_lines_keep_their_spelling():
    literal = r'"a\u00e9\n\tb\\n\nc\"\/ü"'
    assert spelled_lines(literal) == [
        ("aé\n", r"a\u00e9\n"),
        ("\tb\\n\n", r"\tb\\n\n"),
        ('c"/ü', r"c\"\/ü"),
    ]
    assert spelled_lines('""') == []
