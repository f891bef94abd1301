"""Edits by the node that stands there."""

from __future__ import annotations

import ast

import libcst as cst
import pytest

from migrate.source.emit.edits import Edit, put, replace
from migrate.source.emit.index import SourceIndex
from migrate.source.unprovable import Unprovable


def as_b(_: cst.CSTNode) -> cst.CSTNode:
    return cst.Name("b")


def names(tree: ast.AST, name: str) -> list[ast.Name]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]


def edited(text: str) -> str:
    """The text with `b` for every `a`."""
    tree = ast.parse(text)
    index = SourceIndex(text, tree)
    edits: dict[cst.CSTNode, Edit] = {}
    for node in names(tree, "a"):
        put(index, node, as_b, edits)
    module = cst.parse_module(text)
    changed = [replace(index.statement(statement), edits) for statement in tree.body]
    return module.with_changes(body=changed).code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = a + f( a )  # a\n", "x = b + f( b )  # a\n"),
        ("x = ( a )\n", "x = ( b )\n"),
        ("x = (a\n     + 1)\n", "x = (b\n     + 1)\n"),
        ("x = 'a'\n", "x = 'a'\n"),
    ],
)
def test_only_the_expression_changes(before: str, after: str):
    assert edited(before) == after


def test_an_expression_that_stands_nowhere_is_refused():
    # The places of what stands in an f-string are not those of the source before Python 3.12.
    [elsewhere] = names(ast.parse("first()\nx = a\n"), "a")
    index = SourceIndex("b = 1\n", ast.parse("b = 1\n"))
    with pytest.raises(Unprovable, match="cannot be replaced"):
        put(index, elsewhere, as_b, {})


def test_what_has_no_edit_is_the_same_node():
    statement = cst.parse_statement("if a: a\n")
    assert replace(statement, {}) is statement


def test_the_blocks_of_a_statement_can_be_left_alone():
    statement = cst.parse_statement("if a:\n    a\n")
    assert isinstance(statement, cst.If)
    body = statement.body.body[0]
    assert isinstance(body, cst.SimpleStatementLine)
    inner = body.body[0]
    assert isinstance(inner, cst.Expr)
    edits: dict[cst.CSTNode, Edit] = {statement.test: as_b, inner.value: as_b}
    shallow = replace(statement, edits, shallow=True)
    deep = replace(statement, edits)
    assert isinstance(shallow, cst.If)
    assert isinstance(deep, cst.If)
    assert cst.Module([shallow]).code == "if b:\n    a\n"
    assert cst.Module([deep]).code == "if b:\n    b\n"
