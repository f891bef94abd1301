"""Which TF1 names are layers, and where a region uses them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.kinds import Kinds, header
from migrate.source.layers import recurrent
from migrate.source.layers.cells import PACKAGES

_GONE = ("layers.", "contrib.layers.", "contrib.slim", *PACKAGES)
_NO_LAYERS = (
    "contrib.layers.xavier",
    "contrib.layers.variance_scaling",
    "contrib.layers.l2_reg",
    "contrib.layers.l1_reg",
)


def is_layer(symbol: str | None) -> bool:
    """Whether a TF1 name is one of a layer that TF2 has not."""
    if symbol is None or symbol.startswith(_NO_LAYERS):
        return False
    return symbol.startswith(_GONE) or symbol in recurrent.SYMBOLS


def calls_in_order(node: ast.AST) -> Iterator[ast.Call]:
    """The calls in a piece of code, arguments first; what stands in lambdas and comprehensions runs later or often."""
    for child in ast.iter_child_nodes(node):
        yield from calls_in_order(child)
    if isinstance(node, ast.Call):
        yield node


def has_layers(kinds: Kinds) -> bool:
    """Whether a region makes layers that TF2 has not."""
    return any(
        is_layer(kinds.symbol(call))
        for step in kinds.region.steps
        for part in header(step)
        for call in calls_in_order(part)
    )
