"""What the tests of the families ask: which hazards of a kind a graph has."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from graphs import Graph

from migrate.graph.hazards import find_hazards
from migrate.graph.inspection import Hazard, HazardKind, Severity
from migrate.graph.load import load_source, select_meta_graph
from migrate.graph.view import MetaGraphView

if TYPE_CHECKING:
    from model_fixtures import ModelFixture


def hazards_of(graph: Graph | MetaGraphView, *kinds: HazardKind) -> list[Hazard]:
    """Those of these kinds; all without a kind. A missing checkpoint does not count unless it is asked for."""
    view = graph.view() if isinstance(graph, Graph) else graph
    found = find_hazards(view)
    if not kinds:
        return [hazard for hazard in found if hazard.kind is not HazardKind.MISSING_CHECKPOINT]
    return [hazard for hazard in found if hazard.kind in kinds]


def only(graph: Graph | MetaGraphView, kind: HazardKind, severity: Severity) -> Hazard:
    """The only hazard of a kind, which is of that severity and says its piece in sentences."""
    (hazard,) = hazards_of(graph, kind)
    assert hazard.severity is severity
    assert hazard.message.endswith(".")
    assert hazard.remedy.endswith(".")
    return hazard


@cache
def golden_view(fixture: ModelFixture) -> MetaGraphView:
    source = load_source(fixture.path, fixture.checkpoint)
    return MetaGraphView(source, select_meta_graph(source, fixture.tags or None))
