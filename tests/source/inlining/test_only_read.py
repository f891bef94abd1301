import ast

import pytest

from migrate.source.inlining.only_read import is_constant_list, only_read
from migrate.source.inlining.text import Source

HELPERS = "def looks(a, b): return len(b)\ndef changes(a): a.append(1)\ndef again(a): return again(a)\n"


def is_looked_at(line: str) -> bool:
    source = Source(f"{HELPERS}def f(sizes):\n    {line}\n")
    return only_read("sizes", source.tree.body[-1], source)


@pytest.mark.parametrize(
    "line", ["for s in sizes: print(s)", "return [s for s in sizes]", "return sizes[0]", "return looks(1, sizes)",
             "return looks(1, b=sizes)", "return sum(sizes)"]
)  # fmt: skip
def test_looks(line: str):
    assert is_looked_at(line)


@pytest.mark.parametrize(
    "line", ["sizes.append(1)", "sizes[0] = 1", "other = sizes", "return sizes", "changes(sizes)", "unknown(sizes)",
             "again(sizes)", "looks(1, *sizes)", "unknown(a=sizes)"]
)  # fmt: skip
def test_what_may_change_it_or_keep_it(line: str):
    assert not is_looked_at(line)


def test_lists_of_constants():
    assert is_constant_list(ast.parse("[1, (2, 'a')]", mode="eval").body)
    assert not is_constant_list(ast.parse("[x]", mode="eval").body)
    assert not is_constant_list(ast.parse("{1: 2}", mode="eval").body)
