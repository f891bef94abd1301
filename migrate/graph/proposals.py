"""Proposes signatures for a graph that has none."""

from __future__ import annotations

from migrate.graph.inspection import ProposedSignature
from migrate.graph.view import MetaGraphView


def propose_signatures(view: MetaGraphView) -> tuple[ProposedSignature, ...]:
    """Signatures a raw graph might be given, the likeliest first."""
    return ()
