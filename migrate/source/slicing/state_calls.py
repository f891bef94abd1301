"""The calls that make variables, tables and layers."""

from __future__ import annotations

import ast

from migrate.source.flow import Definition
from migrate.source.kinds import STATE, Kinds


def state_call(definition: Definition, kinds: Kinds) -> ast.expr | None:
    """The call that makes the variable, table or layer a definition stands for; a container of such calls too."""
    expression = definition.expression
    if expression is None or not definition.known or definition.previous is not None:
        return None
    if definition.path and isinstance(expression, (ast.Tuple, ast.List)):
        if len(definition.path) != 1 or definition.path[0] >= len(expression.elts):
            return None
        expression = expression.elts[definition.path[0]]
    elif definition.path:
        return None
    if isinstance(expression, ast.Call) and makes_state(expression, kinds):
        return expression
    return expression if state_leaves(expression, kinds) else None


def makes_state(call: ast.Call, kinds: Kinds) -> bool:
    """Whether a call is one of TensorFlow's that makes a variable, a table or a Keras layer."""
    return kinds.symbol(call) is not None and kinds.of(call) in STATE


def state_leaves(expression: ast.expr, kinds: Kinds) -> list[ast.Call]:
    """The calls in a dictionary, list or tuple literal of variables; empty where it holds anything else."""
    match expression:
        case ast.Dict(keys=keys, values=values) if values and all(isinstance(key, ast.Constant) for key in keys):
            elements = values
        case ast.List(elts=elements) | ast.Tuple(elts=elements) if elements:
            pass
        case _:
            return []
    leaves: list[ast.Call] = []
    for element in elements:
        if isinstance(element, ast.Call) and makes_state(element, kinds):
            leaves.append(element)
            continue
        inner = state_leaves(element, kinds)
        if not inner:
            return []
        leaves += inner
    return leaves
