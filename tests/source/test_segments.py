"""Texts of nodes are those that `ast` gives."""

from __future__ import annotations

import ast

import pytest

from migrate.source.segments import Segments

LINES = [
    "x = f(",
    "    'wörld €', b",
    ") ; y = 'é' + z",
    "def g(a):",
    "\treturn (a,",
    "   a)  # c",
    "'''ü",
    "ö''' .join(h)",
]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_every_node(newline, end):
    text = newline.join(LINES) + end.replace("\n", newline)
    segments = Segments(text)
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.expr, ast.stmt))]
    assert len(nodes) > 20
    for node in nodes:
        assert segments.of(node) == ast.get_source_segment(text, node)


def test_a_form_feed_ends_no_line():
    text = "a = 1\n\fb = 'x\x0by'\n"
    assert [Segments(text).of(node) for node in ast.parse(text).body] == ["a = 1", "b = 'x\x0by'"]


def test_a_node_without_a_place():
    assert Segments("x\n").of(ast.Name("x", ast.Load())) is None
