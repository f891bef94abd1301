"""Chooses the units of a picture: scopes are opened, the largest families first, as long as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.report.picture.fold import chain_leaves, fold
from migrate.report.picture.units import of_leaf, of_scope

if TYPE_CHECKING:
    from migrate.report.picture.flow import Flow
    from migrate.report.picture.scopes import Scope
    from migrate.report.picture.units import Unit

_CHAIN = 8
"""Single operations in a chain that become one box."""

_FEW_NODES = 16
"""Visible nodes of a graph in which each single operation gets a box."""

_SMALL = 8
"""Visible nodes of a scope that stays closed where the picture has boxes enough."""

_TINY = 4
"""Visible nodes of a scope below which it stays closed in any case."""

_FEW = 6
"""Boxes below which also small scopes are opened."""

_ENOUGH = 10
"""Boxes above which only a scope that holds much of everything is opened."""

_LARGE = 0.3
"""The part of all nodes in a scope that is opened even if its content has to be put together."""


def collapse(root: Scope, flow: Flow, most: int) -> list[Unit]:
    """The units that stand for the nodes of a tree, at most `most` of them, in the order of the flow."""
    # In a small graph each operation counts.
    chain = 1 if root.size <= _FEW_NODES else min(max(root.size // 6, 2), _CHAIN)
    units = _inside(root.single(), flow, chain)
    if len(units) > most:
        units = fold(units, flow, most)
    opened: dict[Unit, list[Unit]] = {}
    while (chosen := _next(units, flow, most, chain, opened)) is not None:
        family, replacing = chosen
        closed = set(family)
        units = [unit for unit in units if unit not in closed] + replacing
    return sorted(units, key=lambda unit: unit.position)


def _next(
    units: list[Unit], flow: Flow, most: int, chain: int, opened: dict[Unit, list[Unit]]
) -> tuple[list[Unit], list[Unit]] | None:
    """The next family of scopes to open, with what comes in its place."""
    families: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.scope is not None and not unit.is_loop:
            families.setdefault(unit.family, []).append(unit)
    total = sum(unit.size for unit in units)
    for family in sorted(families.values(), key=lambda family: -sum(unit.size for unit in family)):
        size = sum(unit.size for unit in family)
        if max(unit.size for unit in family) < (_SMALL if len(units) >= _FEW else _TINY):
            continue
        if len(units) >= _ENOUGH and (len(family) > 1 or size <= _LARGE * total):
            continue
        replacing: list[Unit] = []
        for unit in family:
            if unit not in opened:
                assert unit.scope is not None
                opened[unit] = _inside(unit.scope.single(), flow, chain)
            replacing += opened[unit]
        if len(replacing) <= len(family):
            continue  # There is nothing to see in it.
        room = most - (len(units) - len(family))
        if len(replacing) <= room:
            return family, replacing
        if len(family) == 1 and size > _LARGE * total and room >= _SMALL:
            return family, fold(replacing, flow, room)
    return None


def _inside(scope: Scope, flow: Flow, chain: int) -> list[Unit]:
    units = [of_scope(child.tight(), flow) for child in scope.children.values()]
    leaves = [of_leaf(name, flow) for name in scope.leaves]
    # Scopes of one node are no more than that node.
    units = [of_leaf(unit.nodes[0], flow) if unit.size == 1 and not unit.is_loop else unit for unit in units]
    return chain_leaves([*units, *leaves], flow, chain)
