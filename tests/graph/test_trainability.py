import pytest
from graphs import BOOL, FLOAT, INT32, INT64, Graph
from model_fixtures import MODELS, ModelFixture

from migrate.graph.hazards.live import live_part
from migrate.graph.load import load_source, select_meta_graph
from migrate.graph.trainability import Reach, not_trainable, reach
from migrate.graph.view import MetaGraphView

# What TensorFlow gives no gradient of, and says so in the golden: integers, and what a session changed.
_KNOWN = {"no gradient comes out of", "none of the variables", "gradients do not reach"}


def asked(g: Graph, key: str = "serving_default") -> tuple[str, ...]:
    view = g.view()
    return not_trainable(view, view.slices[key])


def reached(g: Graph, key: str = "serving_default") -> Reach:
    view = g.view()
    slice_ = view.slices[key]
    return reach(view, slice_, live_part(view, slice_).nodes)


def layer(*, trainable: bool = True) -> Graph:
    g = Graph()
    g.placeholder("x")
    g.node("y", "MatMul", "x", g.variable("W", trainable=trainable), T=FLOAT)
    return g


@pytest.mark.parametrize("fixture", MODELS, ids=str)
def test_goldens_with_gradients_are_not_called_untrainable(fixture: ModelFixture) -> None:
    source = load_source(fixture.path, fixture.checkpoint)
    view = MetaGraphView(source, select_meta_graph(source, fixture.tags or None))
    for key, gradients in fixture.gradients.items():
        if key in view.slices and gradients:
            slice_ = view.slices[key]
            found = reach(view, slice_, live_part(view, slice_).nodes)
            assert not {variable.name for variable in found.blocked} & set(gradients), key


def test_a_layer() -> None:
    g = layer()
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    assert asked(g) == ()
    assert [variable.name for variable in reached(g).variables] == ["W"]


def test_no_variables() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("y", "Tanh", "x", T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    assert asked(g) == ()


def test_nothing_marked_as_trainable() -> None:
    g = layer(trainable=False)
    g.variable("other")
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    assert asked(g) == ("none of the variables it uses is marked as trainable",)


def test_integers_have_no_gradient() -> None:
    g = layer()
    g.node("best", "ArgMax", "y", g.const("axis", 1, INT32), T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"best": "best:0"})
    assert asked(g) == ("no gradient comes out of outputs of this type: int64",)


@pytest.mark.parametrize("op", ["Round", "Floor", "StopGradient", "Sign"])
def test_operations_without_a_gradient(op: str) -> None:
    g = layer()
    g.node("z", op, "y", T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"z": "z:0"})
    (reason,) = asked(g)
    assert "W" in reason
    assert f"{op} (z)" in reason


def test_another_way_is_enough() -> None:
    g = layer()
    g.node("rounded", "Round", "y", T=FLOAT)
    g.node("z", "Add", "rounded", "y", T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"z": "z:0"})
    assert asked(g) == ()


def test_another_output_is_enough() -> None:
    g = layer()
    g.node("rounded", "Round", "y", T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"rounded": "rounded:0", "y": "y:0"})
    assert asked(g) == ()


def test_only_the_blocked_variable_is_named() -> None:
    g = layer()
    g.node("best", "ArgMax", "y", g.const("axis", 1, INT32), T=FLOAT)
    g.node("picked", "GatherV2", g.variable("E"), "best", "axis", Tparams=FLOAT, Tindices=INT64, Taxis=INT32)
    g.signature("serving_default", {"x": "x:0"}, {"picked": "picked:0"})
    (reason,) = asked(g)
    assert reason.startswith("gradients do not reach W,")


def test_resource_variables_and_functions() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("W", "VarHandleOp", dtype=FLOAT, shared_name="W")
    g.node("call", "StatefulPartitionedCall", "x", "W", f="f", Tin=[FLOAT, 20], Tout=[FLOAT])
    g.function("f")
    g.signature("serving_default", {"x": "x:0"}, {"y": "call:0"})
    assert asked(g) == ()


def test_v1_control_flow_is_no_reason_but_a_condition() -> None:
    g = layer()
    g.placeholder("which", BOOL, ())
    g.node("switch", "Switch", "y", "which", T=FLOAT)
    g.node("yes", "Tanh", "switch:1", T=FLOAT)
    g.node("z", "Merge", "switch", "yes", T=FLOAT, N=2)
    g.signature("serving_default", {"x": "x:0", "which": "which:0"}, {"z": "z:0"})
    found = reached(g)
    assert [variable.name for variable in found.conditional] == ["W"]
    assert found.control_flow == ("z",)
    assert asked(g) == ()


def test_a_decided_conditional_is_no_condition() -> None:
    g = layer()
    g.default("training", False, BOOL)
    g.node("switch", "Switch", "y", "training", T=FLOAT)
    g.node("yes", "Tanh", "switch:1", T=FLOAT)
    g.node("z", "Merge", "switch", "yes", T=FLOAT, N=2)
    g.signature("serving_default", {"x": "x:0"}, {"z": "z:0"})
    assert reached(g).conditional == ()


def test_a_variable_behind_an_input_has_no_part() -> None:
    g = layer()
    g.node("z", "Tanh", "y", T=FLOAT)
    g.signature("serving_default", {"y": "y:0"}, {"z": "z:0"})
    assert asked(g) == ()
