"""Dotted names, and the scopes they stand in."""

from __future__ import annotations

import ast

from migrate.source.symbols import Symbols
from migrate.source.tf1.uses import uses


def test_each_is_found_once_as_long_as_it_goes():
    code = "import a\n\n\n@a.b\ndef f(x=a.c, *, y: a.d.e = a) -> a.g:\n    return [a.h.i(x.j) for k in a.l], f'{a.m}'\n"
    found = {ast.unparse(use.whole): use for use in uses(Symbols(ast.parse(code)))}
    assert set(found) == {"a.b", "a.c", "a.d.e", "a", "a.g", "a.h.i", "x.j", "a.l", "a.m"}
    assert [name for name, use in found.items() if use.fixed] == ["a.m"]
    assert found["a.h.i"].attributes == ("h", "i")
    assert found["x.j"].owner is not found["a.l"].owner


def test_what_is_evaluated_outside_of_a_function_stands_outside():
    code = "import a\ndef f(a=a.b):\n    return a.c\nclass C(a.d):\n    a = 3\n    x = a.e\n"
    symbols = Symbols(ast.parse(code))
    outside = {ast.unparse(use.whole) for use in uses(symbols) if use.owner is symbols.module}
    assert outside == {"a.b", "a.d"}


def test_what_is_written_is_no_use():
    assert [ast.unparse(use.whole) for use in uses(Symbols(ast.parse("import a\na = 3\ndel a\n")))] == []
