"""What is known about the arguments of a call, where the TF2 spelling depends on it (see migrate.source.api)."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrate.source.api.guards import TENSOR_CALLS
from migrate.source.flow import Definition
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
        if _is_one_tensor(node, kinds):
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


_NOT_OF_LISTS = (ast.Sub, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult)


def _is_one_tensor(node: ast.expr, kinds: Kinds) -> bool:
    """Whether an expression is a single tensor or variable, and no list of them."""
    if kinds.of(node) is Kind.VARIABLE:
        return True
    match node:
        case ast.Name():
            value = kinds.region.value_of.get(node)
            if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                return value.expression is not None and _is_one_tensor(value.expression, kinds)
        case ast.BinOp(left=left, op=operation, right=right):
            # Lists know + and *, and nothing else.
            return isinstance(operation, _NOT_OF_LISTS) or _is_one_tensor(left, kinds) or _is_one_tensor(right, kinds)
        case ast.Call():
            return kinds.symbol(node) in TENSOR_CALLS
    return False
