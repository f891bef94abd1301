import pytest
from graphs import BOOL, FLOAT, INT32, Graph
from model_fixtures import model_fixture
from told import golden_view, hazards_of, only

from migrate.graph.inspection import HazardKind, Severity

KIND = HazardKind.TRAINING_BRANCH


def dropping(g: Graph, probability: str, *, scope: str = "dropout", old: bool = True, before: str = "x") -> None:
    """What tf.nn.dropout builds: until TF 1.12 floor(keep_prob + random), then random >= rate."""
    g.const(f"{scope}/shape", [2], INT32, shape=(1,))
    g.node(f"{scope}/random_uniform/RandomUniform", "RandomUniform", f"{scope}/shape", dtype=FLOAT, T=INT32)
    g.const(f"{scope}/random_uniform/sub", 1.0, FLOAT)
    g.node(
        f"{scope}/random_uniform/mul",
        "Mul",
        f"{scope}/random_uniform/RandomUniform",
        f"{scope}/random_uniform/sub",
        T=FLOAT,
    )
    if old:
        g.node(f"{scope}/add", "Add", probability, f"{scope}/random_uniform/mul", T=FLOAT)
        g.node(f"{scope}/Floor", "Floor", f"{scope}/add", T=FLOAT)
        mask = f"{scope}/Floor"
    else:
        g.node(f"{scope}/GreaterEqual", "GreaterEqual", f"{scope}/random_uniform/mul", probability, T=FLOAT)
        g.node(f"{scope}/Cast", "Cast", f"{scope}/GreaterEqual", SrcT=BOOL, DstT=FLOAT)
        mask = f"{scope}/Cast"
    g.node(f"{scope}/mul", "Mul", before, mask, T=FLOAT)


def test_a_default_that_nobody_feeds() -> None:
    hazards = hazards_of(golden_view(model_fixture("batch_norm_switch")), KIND)
    assert [(h.severity, h.node, h.signatures) for h in hazards] == [
        (Severity.NOTE, "is_training", ("plain", "serving_default"))
    ]
    assert "always False" in hazards[0].message
    assert "--input NAME=is_training:0" in hazards[0].remedy


@pytest.mark.parametrize(("value", "old"), [(0.5, True), (0.5, False)])
def test_dropout_that_drops(value: float, old: bool) -> None:
    g = Graph()
    g.placeholder("x")
    dropping(g, g.const("p", value, FLOAT), old=old)
    g.signature("serving_default", {"x": "x:0"}, {"y": "dropout/mul:0"})
    hazard = only(g, KIND, Severity.CHANGES)
    assert "0.5" in hazard.message
    assert hazards_of(g, HazardKind.RANDOM) == [], "told once"


@pytest.mark.parametrize(("value", "old"), [(1.0, True), (0.0, False)])
def test_dropout_that_drops_nothing(value: float, old: bool) -> None:
    g = Graph()
    g.placeholder("x")
    dropping(g, g.default("p", value, FLOAT), old=old)
    g.signature("serving_default", {"x": "x:0"}, {"y": "dropout/mul:0"})
    assert "drops nothing" in only(g, KIND, Severity.NOTE).message


def test_dropout_whose_probability_is_an_input() -> None:
    g = Graph()
    g.placeholder("x")
    dropping(g, g.placeholder("keep_prob", FLOAT, ()))
    g.signature("serving_default", {"x": "x:0", "k": "keep_prob:0"}, {"y": "dropout/mul:0"})
    assert hazards_of(g) == []


def test_dropout_of_which_nobody_feeds_the_probability() -> None:
    g = Graph()
    g.placeholder("x")
    dropping(g, g.placeholder("keep_prob", FLOAT, ()))
    g.signature("serving_default", {"x": "x:0"}, {"y": "dropout/mul:0"})
    assert {h.kind for h in hazards_of(g)} == {HazardKind.UNFED_PLACEHOLDER}


def test_dropout_that_an_input_switches_on() -> None:
    g = Graph()
    g.placeholder("x")
    g.placeholder("training", BOOL, ())
    g.node("switch", "Switch", "x", "training", T=FLOAT)
    g.const("p", 0.5, FLOAT)
    g.node("guarded", "Identity", "p", "^on", T=FLOAT)
    g.node("on", "Identity", "switch:1", T=FLOAT)
    dropping(g, "guarded", before="on")
    # As tf.cond does it: everything in the branch waits for its pivot.
    for node in g.graph.node:
        if node.name == "dropout/shape":
            node.input.append("^on")
    g.node("y", "Merge", "switch", "dropout/mul", T=FLOAT, N=2)
    g.signature("serving_default", {"x": "x:0", "training": "training:0"}, {"y": "y:0"})
    assert hazards_of(g, KIND) == []
