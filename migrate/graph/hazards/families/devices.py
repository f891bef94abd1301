"""Nodes that ask for a device."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate.graph.hazards.context import Context, hazard_at
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity

_ANYWHERE = re.compile(r"(?:/job:localhost)?(?:/replica:0)?(?:/task:0)?(?:/(?:device:)?cpu:[0*])?\Z", re.IGNORECASE)


@family
def pinned(context: Context) -> Iterator[Hazard]:
    """Pins to a job, a GPU or a TPU. The first CPU is everywhere."""
    for places in context.places.values():
        for place in places:
            device = place.node.device
            if place.runs and device and not _ANYWHERE.match(device):
                # One hazard for each device, whatever the operations.
                hazard = hazard_at(
                    place,
                    HazardKind.DEVICE,
                    Severity.NOTE,
                    f"It is pinned to {device}, which another machine may not have.",
                    "The conversion removes the pins of all nodes.",
                )
                yield Hazard(
                    hazard.kind, hazard.severity, hazard.node, "", hazard.message, hazard.remedy, hazard.signatures
                )
