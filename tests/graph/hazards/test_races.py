import pytest
from graphs import BOOL, FLOAT, Graph
from model_fixtures import MODELS, ModelFixture
from told import golden_view, hazards_of, only

from migrate.graph.inspection import HazardKind, Severity

RACE = HazardKind.RACE


@pytest.mark.parametrize("fixture", MODELS, ids=str)
def test_the_goldens_say_their_order(fixture: ModelFixture) -> None:
    assert hazards_of(golden_view(fixture), RACE) == []


def counting(*after_read: str, read_after: str = "") -> Graph:
    g = Graph()
    g.placeholder("x")
    g.node("W", "VariableV2", dtype=FLOAT)
    g.graph.node[-1].attr["shape"].shape.SetInParent()
    g.node("read", "Identity", "W", *([read_after] if read_after else []), T=FLOAT)
    g.node("add", "AssignAdd", "W", "x", *after_read, T=FLOAT)
    g.node("y", "Mul", "read", "x", T=FLOAT)
    g.node("z", "Identity", "y", "^add", T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"z": "z:0"})
    g.signature("peek", {"x": "x:0"}, {"y": "y:0"})
    return g


def test_a_read_and_a_write_in_no_order() -> None:
    hazard = only(counting(), RACE, Severity.CHANGES)
    assert (hazard.node, hazard.signatures) == ("W", ("serving_default",))
    assert "read" in hazard.message
    assert "add" in hazard.message


def test_the_order_may_be_either() -> None:
    assert hazards_of(counting("^y"), RACE) == []
    assert hazards_of(counting(read_after="^add"), RACE) == []


def test_the_value_that_is_written_may_depend_on_the_one_that_is_read() -> None:
    g = counting()
    for node in g.graph.node:
        if node.name == "add":
            node.input[1] = "y"
    assert hazards_of(g, RACE) == []


def test_two_branches_of_one_conditional_exclude_each_other() -> None:
    g = Graph()
    g.placeholder("x")
    g.placeholder("which", BOOL, ())
    g.node("W", "VarHandleOp", dtype=FLOAT, shared_name="W")
    g.node("switch", "Switch", "x", "which", T=FLOAT)
    g.node("no", "Identity", "switch", T=FLOAT)
    g.node("read", "ReadVariableOp", "W", "^no", dtype=FLOAT)
    g.node("yes", "Identity", "switch:1", T=FLOAT)
    g.node("write", "AssignVariableOp", "W", "yes", dtype=FLOAT)
    g.node("written", "Identity", "yes", "^write", T=FLOAT)
    g.node("y", "Merge", "read", "written", T=FLOAT, N=2)
    g.signature("serving_default", {"x": "x:0", "which": "which:0"}, {"y": "y:0"})
    assert hazards_of(g, RACE) == []
