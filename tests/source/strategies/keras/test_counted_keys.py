"""Keys that are made of the place of a tensor."""

from __future__ import annotations

import ast

import pytest

from migrate.source.flow import Region
from migrate.source.strategies.keras.counted_keys import CountedKey, counts
from migrate.source.symbols import Symbols


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("'x%d' % i", ("x1", "x2")),
        ("'x%s' % (i + 1)", ("x2", "x3")),
        ("'x' + str(i)", ("x1", "x2")),
        ("'x_{}'.format(i)", ("x_1", "x_2")),
        ("'x_{0}'.format(i)", ("x_1", "x_2")),
        ("f'{i}x'", ("1x", "2x")),
        ("'x%d%%' % i", None),
        ("'x{{{}}}'.format(i)", None),
        ("'x%d' % (i % 1)", None),
        ("f'{i!r}x'", None),
        ("i + 1", None),
    ],
)
def test_the_keys_of_two_tensors(key: str, keys: tuple[str, str] | None) -> None:
    assert CountedKey(ast.parse(key, mode="eval").body, "i", 1).of_all(2) == keys


@pytest.mark.parametrize(("key", "made"), [("'x%d' % i", True), ("'x'", False), ("i", False), ("'x%d' % j", False)])
def test_what_counts(key: str, made: bool) -> None:
    symbols = Symbols(ast.parse(""))
    assert counts(ast.parse(key, mode="eval").body, "i", Region(symbols, symbols.module)) is made
