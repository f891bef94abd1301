from __future__ import annotations

import ast

import pytest

from migrate.source.python2.division import uncertain_division


@pytest.mark.parametrize(
    "code",
    [
        "x = a / 2.0",
        "x = (a + 1.5) / b",
        "x = float(a) / b",
        "x = a // 2",
        "from __future__ import division\nx = a / 2",
        "t = 0.0\nfor i in y:\n    t += i\nprint(t / n)",
        "def f(n):\n    t = 0.5\n    return t / n",
        "s = 255.0\ndef f(n):\n    return n / s",
        "x /= 2.5",
        "r = -1.0\nx = a / r",
    ],
)
def test_true_divisions_are_fine(code: str):
    assert uncertain_division(ast.parse(code)) is None


@pytest.mark.parametrize(
    ("code", "said", "line"),
    [
        ("x = a / 2", "a / 2", 1),
        ("x = 7 / 2", "7 / 2", 1),
        ("a = 1\na /= n", "a / n", 2),
        ("t = 0.0\nt = 1\nx = t / n", "t / n", 3),
        ("t = 0.0\ndef f(t):\n    return t / 2", "t / 2", 3),
        ("t = 0.0\nfor t in y:\n    x = t / 2", "t / 2", 3),
        ("t = 0.0\nt, u = f()\nx = t / 2", "t / 2", 3),
        ("t = 0.0\nt //= 2\nx = t % 2 / 3", "t % 2 / 3", 3),
        ("def f():\n    t = 0.0\nx = t / n", "t / n", 3),
        ("x = [i / 2 for i in y]", "i / 2", 1),
        ("class A:\n    def f(self, n):\n        return self.n / n", "self.n / n", 3),
    ],
)
def test_divisions_of_what_may_be_whole_numbers_are_told(code: str, said: str, line: int):
    found = uncertain_division(ast.parse(code))
    assert found is not None
    assert found[0].startswith(f"'{said}' rounds")
    assert found[1] == line
