"""Names of ops that are those of a scope: `tf.nn.relu(x, name=scope.name)`."""

from __future__ import annotations

import ast

from migrate.source.flow import WITHS, Definition, Step
from migrate.source.kinds import STATE, Kinds

_SCOPES = frozenset({"variable_scope", "name_scope"})
_NAMES = frozenset({"name", "original_name_scope"})


def scope_as_name(call: ast.Call, kinds: Kinds) -> ast.keyword | None:
    """The argument that gives an op the name of a variable scope, which no function of TF2 has.

    Args:
        call: A call.
        kinds: The region.
    """
    symbol = kinds.symbol(call)
    if symbol is None or symbol.rpartition(".")[2] in _SCOPES or kinds.of(call) in STATE:
        return None
    for keyword in call.keywords:
        named = keyword.arg == "name" and isinstance(keyword.value, ast.Attribute)
        if named and scope_of_name(keyword.value, kinds) is not None:
            return keyword
    return None


def scope_of_name(node: ast.expr, kinds: Kinds) -> Step | None:
    """The `with` whose name scope an expression is, or the name of whose variable scope.

    Args:
        node: The expression.
        kinds: The region.
    """
    match node:
        case ast.Name():
            return _entered(node, "name_scope", kinds)
        case ast.Attribute(value=ast.Name() as scope, attr=attribute) if attribute in _NAMES:
            return _entered(scope, "variable_scope", kinds)
    return None


def _entered(name: ast.Name, kind: str, kinds: Kinds) -> Step | None:
    """The `with` of a name in `with tf.variable_scope(...) as name`."""
    value = kinds.region.value_of.get(name)
    if not isinstance(value, Definition) or value.previous is not None or not isinstance(value.step.node, WITHS):
        return None
    for item in value.step.node.items:
        if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == value.name:
            call = item.context_expr
            symbol = kinds.symbol(call) if isinstance(call, ast.Call) else None
            return value.step if (symbol or "").rpartition(".")[2] == kind else None
    return None
