from graphs import FLOAT, INT32, INT64, Graph
from model_fixtures import model_fixture
from told import golden_view, hazards_of, only

from migrate.graph.inspection import HazardKind, Severity


def test_a_float_that_comes_through_argmax_alone() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("logits", "MatMul", "x", g.variable("W"), T=FLOAT)
    g.node("best", "ArgMax", "logits", g.const("axis", 1, INT32), T=FLOAT)
    g.node("score", "Cast", "best", SrcT=INT64, DstT=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"score": "score:0"})
    hazard = only(g, HazardKind.NO_GRADIENT, Severity.CHANGES)
    assert (hazard.node, hazard.op) == ("best", "ArgMax")
    assert "W" in hazard.message


def test_integer_outputs_are_no_hazard() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("logits", "MatMul", "x", g.variable("W"), T=FLOAT)
    g.node("best", "ArgMax", "logits", g.const("axis", 1, INT32), T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"best": "best:0", "logits": "logits:0"})
    g.signature("classes", {"x": "x:0"}, {"best": "best:0"})
    assert hazards_of(g) == []


def test_loops_pass_gradients_if_they_can_be_raised() -> None:
    hazards = hazards_of(golden_view(model_fixture("dynamic_rnn")), HazardKind.NO_GRADIENT)
    assert {h.severity for h in hazards} == {Severity.NOTE}
    assert any("lstm/rnn/basic_lstm_cell/kernel" in h.message for h in hazards)


def test_goldens_that_train_have_no_missing_gradients() -> None:
    for name in ("batch_norm_switch", "mixed_variables", "partitioned", "examples_three_methods", "lookup_assets"):
        assert hazards_of(golden_view(model_fixture(name)), HazardKind.NO_GRADIENT) == [], name


def test_custom_gradients() -> None:
    hazards = hazards_of(golden_view(model_fixture("defun_calls")), HazardKind.CUSTOM_GRADIENT)
    assert {(h.severity, h.op, h.signatures) for h in hazards} == {
        (Severity.CHANGES, "IdentityN", ("clip",)),
        (Severity.CHANGES, "Leaky", ("serving_default",)),
    }


def test_overridden_gradients_do_not_matter_where_nothing_is_trained() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("y", "Identity", "x", T=FLOAT, _gradient_op_type="Mine")
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    assert hazards_of(g) == []
