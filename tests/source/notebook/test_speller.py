from __future__ import annotations

import json

import pytest

from migrate.source.notebook.json_text import elements, members
from migrate.source.notebook.speller import Speller


def respelled(document: str, source: str, key: str = "source") -> str:
    """The document with another source."""
    found = dict(members(document, 0))
    spans = {name: span for name, span in found.items() if document[span.start] in '"[' and name.startswith("source")}
    known = [
        (span, (span,) if document[span.start] == '"' else tuple(elements(document, span.start)))
        for span in spans.values()
    ]
    span, literals = known[list(spans).index(key)]
    return document[: span.start] + Speller(document, known).spelled(span, literals, source) + document[span.end :]


@pytest.mark.parametrize(
    ("document", "source", "new"),
    [
        ('{"source": ["a\\n", "b"]}', "a\nc", '{"source": ["a\\n", "c"]}'),
        ('{"source":["a\\n","b"]}', "a\nb\nc", '{"source":["a\\n","b\\n","c"]}'),
        ('{\n  "source": [\n    "a"\n  ]\n}', "b\nc", '{\n  "source": [\n    "b\\n",\n    "c"\n  ]\n}'),
        ('{\n  "source": [\n    "a"\n  ]\n}', "", '{\n  "source": []\n}'),
        ('{\n "source": []\n}', "b\nc", '{\n "source": [\n  "b\\n",\n  "c"\n ]\n}'),
        ('{"source": []}', "b", '{"source": ["b"]}'),
        ('{"source": "a\\nb"}', "b\nc", '{"source": "b\\nc"}'),
        ('{"source": ["a\\nb\\n"]}', "b\nc\n", '{"source": ["b\\nc\\n"]}'),
    ],
)
def test_a_source_has_the_form_of_the_old_one(document: str, source: str, new: str):
    assert respelled(document, source) == new
    assert "".join(json.loads(new)["source"]) == source


def test_an_empty_list_gets_the_form_of_others():
    document = '{\n "source": [\n   "a\\n",\n   "b"\n ],\n "source2": []\n}'
    assert respelled(document, "c\nd", "source2").endswith('"source2": [\n   "c\\n",\n   "d"\n ]\n}')


def test_lines_that_are_there_keep_their_spelling():
    document = r'{"source": ["s = \"\u00e4\/\"\n", "t = \"ö\""]}'
    assert respelled(document, 't = "ö"\ns = "ä/"\nu = "ü"\n') == (
        r'{"source": ["t = \"ö\"\n", "s = \"\u00e4\/\"\n", "u = \"ü\"\n"]}'
    )


@pytest.mark.parametrize(
    ("document", "spelled"),
    [
        (r'{"source": ["a"], "o": "\u00e9"}', r"\u00fc"),
        (r'{"source": ["a"], "o": "C:\\users"}', "ü"),
        ('{"source": ["a"]}', "ü"),
    ],
)
def test_new_signs_are_escaped_where_the_notebook_escapes_them(document: str, spelled: str):
    assert f'["{spelled}"]' in respelled(document, "ü")
