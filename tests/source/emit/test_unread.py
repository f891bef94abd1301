"""Statements that are text."""

from __future__ import annotations

import libcst as cst
import pytest

from migrate.source.emit.unread import LineText, Piece, unread
from migrate.source.emit.writer import unindented_blanks


def text_node(text: str, indent: str = "") -> cst.BaseStatement:
    stub = cst.parse_statement("...\n")
    assert isinstance(stub, cst.SimpleStatementLine)
    return unread(stub, Piece(text, indent))


def test_it_writes_its_text():
    node = text_node("f( a,b ) # c\n")
    assert isinstance(node, LineText)
    assert cst.Module([node]).code == "f( a,b ) # c\n"
    assert cst.Module([node], has_trailing_newline=False).code == "f( a,b ) # c"


def test_it_is_read_where_it_moves():
    node = text_node("    f(a,\n      b)\n", "    ")
    assert cst.Module([node]).code == "f(a,\n  b)\n"


def test_comments_above_it_are_its_own():
    node = text_node("a\n").with_changes(leading_lines=[cst.EmptyLine(comment=cst.Comment("# c"))])
    assert cst.Module([node]).code == "# c\na\n"
    assert node.read().leading_lines[0].comment.value == "# c"


@pytest.mark.parametrize(
    ("text", "indent"),
    [("a = 1", ""), ("  a = (1,\n    2)\n", "  "), ("\tif a:\n\t\tb\n\telse:\n\t\tc\n", "\t"), ("x = 'é'\r\n", "")],
)
def test_where_its_nodes_stand(text, indent):
    piece = Piece(text, indent)
    node, spans, above = piece.placed(text)
    assert cst.Module([]).code_for_node(node).split() == text.split()
    lines = text.split("\n")
    for name, (line, start, _, end) in spans.items():
        if isinstance(name, (cst.Name, cst.Integer)):
            assert lines[line - 1 - above][start:end] == name.value


def test_who_wants_all_of_it_gets_it():
    stub = cst.parse_statement("if 0:\n  pass\n")
    assert isinstance(stub, cst.If)
    node = unread(stub, Piece("if a:\n    b\n    \n    c\n"))
    assert cst.Module([unindented_blanks(node)]).code == "if a:\n    b\n\n    c\n"
