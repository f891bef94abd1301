"""The calls that a value of the module may come from."""

from __future__ import annotations

import ast

from migrate.source.behind import calls_behind
from migrate.source.symbols import Symbols


def behind(code: str) -> list[str]:
    tree = ast.parse(code)
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    return sorted(ast.unparse(call) for call, _ in calls_behind(last.value, Symbols(tree)))


def test_calls_of_functions_classes_and_values_count():
    code = "def f():\n    return g(1)\nclass C:\n    def __init__(self):\n        h()\na = f()\nb = [a, C]\nb[0]\n"
    assert behind(code) == ["f()", "g(1)", "h()"]


def test_what_names_itself_ends():
    assert behind("def f():\n    return f()\na = f()\na = a\na\n") == ["f()", "f()"]
