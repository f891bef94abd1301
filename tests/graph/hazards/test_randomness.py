import pytest
from graphs import FLOAT, INT32, Graph
from told import hazards_of, only

from migrate.graph.inspection import HazardKind, Severity


def drawing(op: str, **attributes: object) -> Graph:
    g = Graph()
    g.const("shape", [2], INT32, shape=(1,))
    g.node("noise", op, "shape", dtype=FLOAT, T=INT32, **attributes)
    g.signature("serving_default", {}, {"y": "noise:0"})
    return g


@pytest.mark.parametrize("op", ["RandomUniform", "RandomStandardNormal", "TruncatedNormal"])
def test_random_numbers_in_a_signature(op: str) -> None:
    assert "without a seed" in only(drawing(op), HazardKind.RANDOM, Severity.CHANGES).message


def test_a_seed_is_told() -> None:
    assert "with a seed" in only(drawing("RandomUniform", seed=1, seed2=2), HazardKind.RANDOM, Severity.CHANGES).message


def test_stateless_ones_are_functions() -> None:
    g = Graph()
    g.const("shape", [2], INT32, shape=(1,))
    g.const("seed", [1, 2], INT32, shape=(2,))
    g.node("noise", "StatelessRandomUniform", "shape", "seed", dtype=FLOAT, T=INT32)
    g.signature("serving_default", {}, {"y": "noise:0"})
    assert hazards_of(g) == []


def test_an_initializer_is_none() -> None:
    g = drawing("RandomUniform")
    g.node("W/Assign", "Assign", "W", "noise", T=FLOAT)
    g.variable("W")
    del g.meta.signature_def["serving_default"]
    g.init("W/Assign")
    g.signature("serving_default", {}, {"y": "W/read:0"})
    assert hazards_of(g) == []
