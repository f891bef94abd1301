from __future__ import annotations

import ast

import pytest
from checks import region

from migrate.source.layers.constants import UNKNOWN_VALUE, Constants


def last_value(code: str, function: str | None = None) -> object:
    """The value of what the last statement assigns."""
    found = region(code, function)
    node = found.steps[-1].node
    assert isinstance(node, ast.Assign)
    return Constants(found).value(node.value)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("x = 3 * (4 + 1) - 2", 13),
        ("x = -1.5", -1.5),
        ("a = 2\nx = [a, 'b', None]", (2, "b", None)),
        ("a = True\nx = not a", False),
        ("a = b = 4\nx = b // 3", 1),
        ("a = 3\nx = 'conv%d' % a", "conv3"),
        ("x = '%s_%d' % ('a', 2)", "a_2"),
        ("a = 'b'\nx = 'net/{}_{}'.format(a, 1)", "net/b_1"),
        ("a = 2\nx = f'block{a}/conv'", "block2/conv"),
        ("a = 'b'\nx = 'net/' + a", "net/b"),
        ("x = 'a' + str(3)", "a3"),
        ("x = 7 % 4", 3),
    ],
)
def test_constants(code: str, value: object):
    assert last_value(code) == value


@pytest.mark.parametrize(
    "code",
    [
        "x = f()",
        "a = 1\nif b:\n    a = 2\nx = a",
        "a = 1\na += 1\nx = a",
        "for a in [1]:\n    pass\nx = a",
        "a = [1]\na.append(2)\nx = a",
        "a = [1]\na[0] = 2\nx = a",
        "x = 1 // 0",
        "x = 1 % 0",
        "x = '%d' % a",
        "x = '%d' % 'a'",
        "x = '{0.real}{1}'.format(1)",
        "x = '%s' % 0.1",
        "x = f'{a}'",
        "def str(a):\n    return ''\nx = 'a' + str(3)",
    ],
)
def test_what_only_a_run_tells(code: str):
    assert last_value(code) is UNKNOWN_VALUE


def test_names_of_the_module():
    assert last_value("A = 3\ndef f():\n    x = A", "f") == 3
    assert last_value("A = 3\nA = 4\ndef f():\n    x = A", "f") is UNKNOWN_VALUE
    assert last_value("A = 3\ndef g():\n    global A\n    A = 4\ndef f():\n    x = A", "f") is UNKNOWN_VALUE
    assert last_value("def f(a):\n    x = a", "f") is UNKNOWN_VALUE
