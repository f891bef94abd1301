import ast

import pytest

from migrate.source.unrolling.folding import UNKNOWN, Folding, is_written


def folded(text: str) -> object:
    given: dict[str, ast.expr] = {"i": ast.Constant(2), "name": ast.Constant("a")}
    known = {"sizes": ast.parse("[4, 5, 6]", mode="eval").body}
    return Folding(given, lambda node: known.get(node.id)).value(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("i + 1", 3),
        ("2 ** i", 4),
        ("-i", -2),
        ("sizes[i - 1]", 5),
        ("len(sizes) - 1 == i", True),
        ("not i", False),
        ("4 if i == 0 else sizes[i]", 6),
        ("'w_%d' % i", "w_2"),
        ("'w_' + str(i)", "w_2"),
        ("'{}_{n:02d}'.format(name, n=i)", "a_02"),
        ("f'{name}{i}'", "a2"),
    ],
)
def test_what_expressions_come_to(text: str, value: object):
    assert folded(text) == value


@pytest.mark.parametrize(
    "text",
    ["other + i", "sizes[7]", "i / 2", "10 ** 40", "f'{i:3d}'", "i // 0", "'%d' % name", "x.format(i)", "abs(i)"],
)
def test_what_only_a_run_tells(text: str):
    assert folded(text) is UNKNOWN


def test_values_that_can_be_written():
    assert is_written((1, "a", None))
    assert not is_written([1])
    assert not is_written("a" * 300)
