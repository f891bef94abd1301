"""Names that are bound anew in each with statement."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from migrate.source.loaded.places import Places
from migrate.source.symbols import Symbols


def places_of(code: str, name: str) -> set[object]:
    """The places that the name means where it is read."""
    tree = ast.parse(dedent(code))
    places = Places(Symbols(tree))
    return {
        places.place(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    }


TWICE = """
with graph() as g:
    with session() as s:
        x = g.get('x')
        s.run(x)
with graph() as g:
    with session() as s:
        x = 'y'
        s.run(x)
"""


@pytest.mark.parametrize("name", ["g", "s", "x"])
def test_each_statement_has_its_own(name: str):
    assert len(places_of(TWICE + "    g.close()\n", name)) == 2


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (TWICE + "s.close()", "s"),
        (TWICE + "def f():\n    return x", "x"),
        (TWICE.replace("with graph() as g:\n    with", "x = 1\nwith graph() as g:\n    with", 1), "x"),
        (TWICE.replace("x = 'y'", "x += 'y'"), "x"),
        (TWICE.replace("        x = 'y'\n", "        if g:\n            x = 'y'\n"), "x"),
        (TWICE.replace("session() as s:\n        x = 'y'", "session(s) as s:\n        x = 'y'"), "s"),
    ],
)
def test_what_may_be_read_elsewhere_is_one(code: str, name: str):
    assert len(places_of(code, name)) == 1
