"""What is known about the arguments of a call, where the TF2 spelling depends on it (see migrate.source.api)."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrate.source.kinds import Kind, Kinds
from migrate.source.specs import Specs


def argument_facts(call: ast.Call, kinds: Kinds) -> Mapping[int | str, frozenset[str]]:
    """Facts about arguments by position or keyword: `one tensor`, `floating`, `integer`."""
    specs = Specs(kinds)
    found: dict[int | str, frozenset[str]] = {}
    arguments: list[tuple[int | str, ast.expr]] = list(enumerate(call.args))
    arguments += [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg]
    for source, node in arguments:
        facts: set[str] = set()
        if kinds.of(node) is Kind.VARIABLE:
            facts.add("one tensor")
        if isinstance(node, ast.Lambda) and isinstance(node.body, (ast.BinOp, ast.Call, ast.UnaryOp)):
            facts.add("not one element")
        dtype = specs.dtype(node)
        if dtype is not None:
            if dtype.startswith(("float", "bfloat", "half", "double", "complex")):
                facts.add("floating")
            elif dtype.startswith(("int", "uint")):
                facts.add("integer")
        if facts:
            found[source] = frozenset(facts)
    return found
