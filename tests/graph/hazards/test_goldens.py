"""The goldens are all to be converted: nothing in them may block but what fixture.toml names."""

import pytest
from model_fixtures import MODELS, ModelFixture
from told import golden_view, hazards_of

from migrate.graph.inspection import HazardKind, Severity

TRUSTED = {HazardKind.PYTHON_FUNCTION, HazardKind.WRITES_FILE}


@pytest.mark.parametrize("fixture", MODELS, ids=str)
def test_nothing_else_blocks(fixture: ModelFixture) -> None:
    blocking = [hazard for hazard in hazards_of(golden_view(fixture)) if hazard.severity is Severity.BLOCKS]
    assert {hazard.kind for hazard in blocking} <= TRUSTED
    assert {key for hazard in blocking for key in hazard.signatures} <= set(fixture.hazards)


@pytest.mark.parametrize("fixture", MODELS, ids=str)
def test_every_hazard_speaks_in_sentences_and_names_what_is_there(fixture: ModelFixture) -> None:
    view = golden_view(fixture)
    for hazard in hazards_of(view):
        assert hazard.message[0].isupper()
        assert hazard.message.endswith(".")
        assert hazard.remedy.endswith(".")
        assert not hazard.node or hazard.node in view.index.nodes
        assert set(hazard.signatures) <= set(view.slices) or not view.slices
        assert hazard.count >= 1
