"""Finds what a conversion must not pass over in silence."""

from __future__ import annotations

from migrate.graph.inspection import Hazard
from migrate.graph.view import MetaGraphView


def find_hazards(view: MetaGraphView) -> tuple[Hazard, ...]:
    """The hazards of one MetaGraph, those that block a conversion first."""
    return ()
