"""The hazard families: each module of `migrate.graph.hazards.families` registers one or more functions here."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module

from migrate.graph.hazards.context import Context
from migrate.graph.inspection import Hazard

Family = Callable[[Context], Iterable[Hazard]]

_FAMILIES: list[Family] = []


def family(function: Family) -> Family:
    """Registers a function that finds hazards of one sort."""
    _FAMILIES.append(function)
    return function


@cache
def all_families() -> tuple[Family, ...]:
    """Every family, in the order of their modules' names."""
    from migrate.graph.hazards import families

    for module in sorted(module.name for module in pkgutil.iter_modules(families.__path__)):
        import_module(f"{families.__name__}.{module}")
    return tuple(_FAMILIES)
