"""Finds what a conversion must not pass over in silence. Each kind is explained in docs/hazards.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrate.graph.inspection import Hazard
    from migrate.graph.view import MetaGraphView


def find_hazards(view: MetaGraphView) -> tuple[Hazard, ...]:
    """The hazards of one MetaGraph, those that block a conversion first.

    A model without signatures is looked at as if it had the likeliest of those that are proposed for it. What
    only runs in a branch that a signature never takes is no hazard of that signature.
    """
    from migrate.graph.hazards.context import Context
    from migrate.graph.hazards.merge import merged
    from migrate.graph.hazards.registry import all_families

    context = Context(view)
    return merged(hazard for family in all_families() for hazard in family(context))
