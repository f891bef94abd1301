import pytest
from graphs import FLOAT, Graph
from model_fixtures import MODELS, ModelFixture
from told import golden_view, hazards_of, only

from migrate.graph.inspection import HazardKind, Severity


@pytest.mark.parametrize("fixture", MODELS, ids=str)
def test_the_goldens_are_converted(fixture: ModelFixture) -> None:
    assert hazards_of(golden_view(fixture), HazardKind.REFERENCE) == []


@pytest.mark.parametrize("op", ["AssignAdd", "ScatterNdUpdate", "CountUpTo", "ApplyAdam", "RefSwitch"])
def test_operations_that_have_a_twin(op: str) -> None:
    g = Graph()
    g.placeholder("x")
    g.variable("W")
    g.node("y", op, "W", "x", T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    assert hazards_of(g, HazardKind.REFERENCE) == []


def test_one_that_has_none() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("buffer", "TemporaryVariable", dtype=FLOAT)
    g.node("set", "Assign", "buffer", "x", T=FLOAT)
    g.node("y", "DestroyTemporaryVariable", "set", T=FLOAT, var_name="b")
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    assert {h.op for h in hazards_of(g, HazardKind.REFERENCE)} == {"TemporaryVariable", "DestroyTemporaryVariable"}


def test_one_outside_of_every_signature() -> None:
    g = Graph()
    g.node("buffer", "TemporaryVariable", dtype=FLOAT)
    assert hazards_of(g) == []


def test_it_blocks() -> None:
    g = Graph()
    g.node("buffer", "TemporaryVariable", dtype=FLOAT)
    g.node("y", "Identity", "buffer", T=FLOAT)
    g.signature("serving_default", {}, {"y": "y:0"})
    assert only(g, HazardKind.REFERENCE, Severity.BLOCKS).node == "buffer"
