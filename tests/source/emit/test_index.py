"""From a node of `ast` to the LibCST node of the same text."""

from __future__ import annotations

import ast

import libcst as cst
import pytest

from migrate.source.emit.index import SourceIndex

HARD = """\
# -*- coding: utf-8 -*-
x = 'äöü€🐍' + y.z[1]; w = f('é', key='ñ')
def f(a, *, ß=1, **rest):
\treturn (a
\t\t+ ß), {'ключ': a[ß:2], **rest}
if (x and
        not y): z = [i for i in 'é' if i]
class Ä(object):
    @property
    def g(self):
        '''é'''
        with open('é') as h, other(): return lambda q: -q
@ deco ( 'é' )
def h(): pass
t = ((1, 2))
u = (yield_ := 3)
v = a if b else c
s = 'a' 'b' "c"
for i in x : print( i )
try:
  pass
except (A, B) as e:
  raise C from e
"""


@pytest.mark.parametrize("text", [HARD, HARD.replace("\n", "\r\n")])
def test_every_statement_and_expression_is_found(text: str):
    index = SourceIndex(text)
    module = cst.Module([])
    tree = ast.parse(text)
    names = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            assert index.statement(node) is not None
        if isinstance(
            node, (ast.Name, ast.Attribute, ast.Call, ast.BinOp, ast.Subscript, ast.Constant)
        ) and not isinstance(getattr(node, "ctx", None), ast.Store):
            found = index.expression(node)
            assert found is not None, ast.unparse(node)
            code = module.code_for_node(found).replace("\r\n", "\n")
            assert ast.dump(ast.parse(f"({code})", mode="eval").body) == ast.dump(node)
            names += isinstance(node, ast.Name)
    assert names > 15


def test_columns_behind_wide_characters():
    text = "x = '🐍', tf.square(a)\n"
    index = SourceIndex(text)
    call = ast.parse(text).body[0].value.elts[1]
    found = index.expression(call)
    assert cst.Module([]).code_for_node(found) == "tf.square(a)"


def test_columns_behind_tabs():
    text = "if a:\n\tif b:\n\t\tx = tf.square(a)\n"
    index = SourceIndex(text)
    call = ast.parse(text).body[0].body[0].body[0].value
    assert cst.Module([]).code_for_node(index.expression(call)) == "tf.square(a)"


@pytest.mark.parametrize("odd", ["\f", "\x1c", "\u2028", "\x85", "\x0b"])
def test_characters_at_which_only_str_breaks_lines(odd: str):
    text = f"a = 1  # x{odd}y\nb = tf.square(a)\n"
    index = SourceIndex(text)
    call = ast.parse(text).body[1].value
    assert cst.Module([]).code_for_node(index.expression(call)) == "tf.square(a)"


def test_a_decorated_function_is_found_with_its_decorators():
    text = "@a\n@b('é')\ndef f():\n  pass\n"
    found = SourceIndex(text).statement(ast.parse(text).body[0])
    assert isinstance(found, cst.FunctionDef)
    assert len(found.decorators) == 2


def test_a_statement_among_several_of_a_line():
    text = "a = 1; b = 2; c = 3\n"
    index = SourceIndex(text)
    codes = [cst.Module([]).code_for_node(index.statement(node)).strip().rstrip(";") for node in ast.parse(text).body]
    assert [code.strip() for code in codes] == ["a = 1", "b = 2", "c = 3"]


def test_an_expression_in_an_f_string_may_have_no_node():
    text = "x = f'é{a + 1!r:>{w}}'\n"
    index = SourceIndex(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr):
            found = index.expression(node)
            if found is not None and isinstance(node, ast.Name | ast.BinOp):
                assert cst.Module([]).code_for_node(found) in ("x", "a", "w", "a + 1")
