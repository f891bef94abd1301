from graphs import Graph
from model_fixtures import model_fixture
from told import golden_view, hazards_of, only

from migrate.graph.inspection import HazardKind, Severity


def test_the_others_are_named_by_their_tags() -> None:
    hazard = only(golden_view(model_fixture("two_metagraphs")), HazardKind.OTHER_META_GRAPH, Severity.CHANGES)
    assert "`train`" in hazard.message
    assert "--tags" in hazard.remedy


def test_one_is_no_hazard() -> None:
    assert hazards_of(Graph()) == []
