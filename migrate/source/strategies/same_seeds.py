"""Variables that start from random numbers of one seed.

In a graph each op has numbers of its own from its seed. Outside of graphs TensorFlow keeps one generator for all calls
of a function with a seed, so that the second call goes on where the first one ended.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.flow import Definition
from migrate.source.kinds import Kinds
from migrate.source.specs import argument_of
from migrate.source.syntax import walk
from migrate.source.unprovable import VARIABLE, Unprovable

_SEEDS = {
    "random_normal": 4,
    "truncated_normal": 4,
    "random_uniform": 4,
    "random_normal_initializer": 2,
    "truncated_normal_initializer": 2,
    "random_uniform_initializer": 2,
    "glorot_uniform_initializer": 0,
    "glorot_normal_initializer": 0,
    "xavier_initializer": 1,
    "xavier": 1,
    "xavier_initializer_conv2d": 1,
}
_KINDS = {"glorot_normal_initializer": "truncated_normal", "normal": "random_normal", "uniform": "random_uniform"}


def refuse_same_seeds(expressions: Iterable[ast.expr], kinds: Kinds) -> None:
    """Refuses variables that would go on with each other's random numbers.

    Args:
        expressions: What makes the variables that start from what the source says.
        kinds: Their region.

    Raises:
        Unprovable: Two of them draw from the same seed.
    """
    drawn: set[tuple[str, str]] = set()
    for expression in expressions:
        for call in _calls(expression, kinds):
            last = (kinds.symbol(call) or "").rpartition(".")[2]
            seed = argument_of(call, "seed", _SEEDS.get(last, 99))
            if seed is None or (isinstance(seed, ast.Constant) and seed.value is None):
                continue
            op = last.removesuffix("_initializer")
            drawing = (_KINDS.get(last, _KINDS.get(op, "random_uniform" if "xavier" in op or "glorot" in op else op)),
                       ast.unparse(seed))  # fmt: skip
            if drawing in drawn:
                raise Unprovable(
                    VARIABLE, "two variables start from the same seed, which gives TF2's second one other numbers", call
                )
            drawn.add(drawing)


def _calls(expression: ast.expr, kinds: Kinds) -> list[ast.Call]:
    """The calls of TensorFlow's functions in an expression, and behind the names in it."""
    found: list[ast.Call] = []
    pending: list[ast.AST] = [expression]
    while pending:
        node = pending.pop()
        for inner in walk(node):
            if isinstance(inner, ast.Call) and kinds.symbol(inner) is not None:
                found.append(inner)
            value = kinds.region.value_of.get(inner) if isinstance(inner, ast.Name) else None
            if isinstance(value, Definition) and value.known and not value.path and value.expression is not None:
                if isinstance(value.expression, ast.Call):
                    pending.append(value.expression)
    return found
