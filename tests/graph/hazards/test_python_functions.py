import pytest
from graphs import FLOAT, Graph
from model_fixtures import model_fixture
from told import golden_view, hazards_of, only

from migrate.graph.inspection import HazardKind, Severity


@pytest.mark.parametrize("op", ["PyFunc", "PyFuncStateless", "EagerPyFunc"])
def test_each_blocks(op: str) -> None:
    g = Graph()
    g.placeholder("x")
    g.node("f", op, "x", Tin=[FLOAT], Tout=[FLOAT], token="pyfunc_0")
    g.signature("serving_default", {"x": "x:0"}, {"y": "f:0"})
    hazard = only(g, HazardKind.PYTHON_FUNCTION, Severity.BLOCKS)
    assert (hazard.node, hazard.op) == ("f", op)
    assert "--trust" in hazard.remedy
    assert "--input NAME=f:0" in hazard.remedy


def test_one_that_is_fed_over_is_not_needed() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("f", "PyFunc", "x", Tin=[FLOAT], Tout=[FLOAT], token="pyfunc_0")
    g.node("y", "Tanh", "f", T=FLOAT)
    g.signature("serving_default", {"f": "f:0"}, {"y": "y:0"})
    assert [h.severity for h in hazards_of(g, HazardKind.PYTHON_FUNCTION)] == [Severity.NOTE]


def test_golden() -> None:
    fixture = model_fixture("python_function")
    blocking = hazards_of(golden_view(fixture), HazardKind.PYTHON_FUNCTION)
    assert {key: h.op for h in blocking for key in h.signatures} == fixture.hazards
