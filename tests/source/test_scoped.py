"""Every node comes with the scope its names are looked up in."""

from __future__ import annotations

import ast

from migrate.source.scoped import scoped
from migrate.source.symbols import Symbols


def where(code: str) -> dict[str, str]:
    """The kind of scope of every name that is read, the last one's where there are several."""
    symbols = Symbols(ast.parse(code))
    return {
        node.id: type(scope.node).__name__
        for node, scope in scoped(symbols)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def test_bodies_are_inside_and_decorators_are_not():
    found = where("@a\ndef f():\n    b\n    @c\n    class D(e):\n        g = h\n")
    assert found == {"a": "Module", "b": "FunctionDef", "c": "FunctionDef", "e": "FunctionDef", "h": "ClassDef"}


def test_comprehensions_and_lambdas_have_scopes_of_their_own():
    assert where("[a for x in b]\nlambda: c\n") == {"a": "ListComp", "b": "ListComp", "c": "Lambda"}
