import keyword

import pytest
from graphs import BOOL, FLOAT, INT32, INT64, STRING, Graph
from model_fixtures import MODELS, ModelFixture

from migrate.graph.candidate_names import looks_like_input, looks_like_output, signature_names
from migrate.graph.inspection import Candidate, ProposedSignature
from migrate.graph.load import load_source
from migrate.graph.proposals import propose_signatures
from migrate.graph.source import Form
from migrate.graph.tensors import parse_tensor
from migrate.graph.view import MetaGraphView

RAW = [fixture for fixture in MODELS if fixture.form != "saved_model" and not fixture.variant]


def proposed(g: Graph) -> tuple[ProposedSignature, ...]:
    return propose_signatures(g.view(Form.GRAPH))


def tensors(candidates: tuple[Candidate, ...]) -> set[str]:
    return {candidate.tensor for candidate in candidates}


def dense(g: Graph, name: str, x: str) -> str:
    g.node(f"{name}/MatMul", "MatMul", x, g.variable(f"{name}/kernel", (8, 8)), T=FLOAT)
    return g.node(f"{name}/BiasAdd", "BiasAdd", f"{name}/MatMul", g.variable(f"{name}/bias", (8,)), T=FLOAT)


def trained(g: Graph, logits: str, labels: str) -> None:
    """A loss, the names that tf.gradients gives, an optimizer, a saver and a summary."""
    g.node("xentropy/Reshape", "Reshape", logits, g.const("xentropy/shape", [-1, 8], INT32, shape=(2,)), T=FLOAT)
    g.node("xentropy", "SparseSoftmaxCrossEntropyWithLogits", "xentropy/Reshape", labels, T=FLOAT, Tlabels=INT64)
    g.node("loss", "Mean", "xentropy", g.const("axis", 0, INT32), T=FLOAT, Tidx=INT32)
    for name in ("loss", "xentropy", logits, logits.replace("BiasAdd", "MatMul")):
        g.node(f"gradients/{name}_grad/Reshape", "Reshape", name, "xentropy/shape", T=FLOAT)
    g.const("rate", 0.1, FLOAT)
    variables = [node.name for node in g.graph.node if node.op == "VariableV2"]
    for name in variables:
        g.node(
            f"GradientDescent/update_{name}",
            "ApplyGradientDescent",
            name,
            "rate",
            "gradients/loss_grad/Reshape",
            T=FLOAT,
        )
    g.node("train", "NoOp", *(f"^GradientDescent/update_{name}" for name in variables))
    g.node("loss_summary", "ScalarSummary", g.const("tag", b"loss", STRING), "loss", T=FLOAT)
    g.saver(*variables)


@pytest.mark.parametrize("fixture", RAW, ids=str)
def test_raw_goldens(fixture: ModelFixture) -> None:
    source = load_source(fixture.path, fixture.checkpoint)
    best = propose_signatures(MetaGraphView(source, source.meta_graphs[0]))[0]
    meant = fixture.signatures["serving_default"]
    assert best.is_sure
    assert tensors(best.inputs) == set(meant["inputs"].values())
    every = tensors(best.outputs) | tensors(best.rest)
    assert tensors(best.outputs) & set(meant["outputs"].values())
    assert len(set(meant["outputs"].values()) - every) <= 1, "the rest are inner tensors, such as logits"


def test_a_frozen_classifier() -> None:
    g = Graph()
    g.placeholder("input", FLOAT, (-1, 8))
    dense(g, "dense", "input")
    g.node("softmax", "Softmax", "dense/BiasAdd", T=FLOAT)
    (best,) = proposed(g)
    assert best.key == "serving_default"
    assert best.is_sure
    assert tensors(best.inputs) == {"input:0"}
    assert tensors(best.outputs) == {"softmax:0"}
    assert best.inputs[0].shape == (None, 8)
    assert best.inputs[0].dtype == "float32"


def test_a_training_graph_without_its_training() -> None:
    g = Graph()
    g.placeholder("images", FLOAT, (-1, 8))
    g.placeholder("targets", INT64, (-1,))
    logits = dense(g, "logits", "images")
    trained(g, logits, "targets")
    g.node("best", "ArgMax", logits, "axis", T=FLOAT)
    g.node("correct", "Equal", "best", "targets", T=INT64)
    best = proposed(g)[0]
    assert best.is_sure
    assert tensors(best.inputs) == {"images:0"}
    assert "logits/BiasAdd:0" in tensors(best.outputs)
    assert not tensors(best.outputs) & {"loss:0", "correct:0", "xentropy:0", "xentropy/Reshape:0"}
    (left,) = [candidate for candidate in best.rest if candidate.tensor == "targets:0"]
    assert "loss" in left.reasons[0]


def test_labels_are_known_by_what_takes_them() -> None:
    g = Graph()
    g.placeholder("Placeholder", FLOAT, (-1, 8))
    g.placeholder("Placeholder_1", INT64, (-1,))
    trained(g, dense(g, "layer", "Placeholder"), "Placeholder_1")
    best = proposed(g)[0]
    assert best.is_sure
    assert tensors(best.inputs) == {"Placeholder:0"}
    assert tensors(best.outputs) == {"layer/BiasAdd:0"}


@pytest.mark.parametrize("name", ["keep_prob", "model/keep_prob", "dropout_rate", "is_training", "phase_train"])
def test_a_setting_that_has_to_be_fed_makes_the_proposal_unsure(name: str) -> None:
    g = Graph()
    g.placeholder("x", FLOAT, (-1, 8))
    g.placeholder(name, FLOAT, ())
    dense(g, "layer", "x")
    g.node("output", "Mul", "layer/BiasAdd", name, T=FLOAT)
    best = proposed(g)[0]
    assert not best.is_sure
    assert [candidate.tensor for candidate in best.inputs] == ["x:0", f"{name}:0"]
    assert "has to be fed" in best.inputs[1].reasons[0]


def test_a_setting_with_a_default_stays_as_it_is() -> None:
    g = Graph()
    g.placeholder("x", FLOAT, (-1, 8))
    g.default("is_training", False, BOOL)
    dense(g, "layer", "x")
    g.node("switch", "Switch", "layer/BiasAdd", "is_training", T=FLOAT)
    g.node("noisy", "Relu", "switch:1", T=FLOAT)
    g.node("output", "Merge", "switch", "noisy", T=FLOAT, N=2)
    best = proposed(g)[0]
    assert tensors(best.inputs) == {"x:0"}
    assert [candidate.tensor for candidate in best.rest if "has a default" in candidate.reasons[0]] == ["is_training:0"]


def test_the_four_outputs_of_a_detector() -> None:
    g = Graph()
    g.placeholder("image_tensor", FLOAT, (-1, 8))
    dense(g, "features", "image_tensor")
    names = ["detection_boxes", "detection_scores", "detection_classes", "num_detections"]
    for name in names:
        g.node(name, "Identity", dense(g, f"head_{name[0:9]}{len(name)}", "features/BiasAdd"), T=FLOAT)
    # Each head has weights of its own, so that none depends on all of them.
    best = proposed(g)[0]
    assert tensors(best.outputs) == {f"{name}:0" for name in names}
    assert {candidate.name for candidate in best.outputs} == set(names)


def test_an_auxiliary_head_is_left_out() -> None:
    g = Graph()
    g.placeholder("input", FLOAT, (-1, 8))
    dense(g, "trunk", "input")
    dense(g, "AuxLogits", "trunk/BiasAdd")
    dense(g, "more", "trunk/BiasAdd")
    dense(g, "Logits", "more/BiasAdd")
    best = proposed(g)[0]
    assert tensors(best.outputs) == {"Logits/BiasAdd:0"}
    assert "AuxLogits/BiasAdd:0" in tensors(best.rest)


def test_an_iterator_gives_the_input() -> None:
    g = Graph()
    g.node("iterator", "IteratorV2", output_types=[INT64, FLOAT])
    g.node("next", "IteratorGetNext", "iterator", output_types=[INT64, FLOAT])
    dense(g, "layer", "next:1")
    g.node("predictions", "Softmax", "layer/BiasAdd", T=FLOAT)
    best = proposed(g)[0]
    assert tensors(best.inputs) == {"next:1"}
    assert best.is_sure


def test_the_queue_of_a_training_run_is_not_taken_for_granted() -> None:
    g = Graph()
    g.node("queue", "FIFOQueueV2", component_types=[INT64, FLOAT])
    g.node("batch", "QueueDequeueV2", "queue", component_types=[INT64, FLOAT])
    trained(g, dense(g, "logits", "batch:1"), "batch")
    best = proposed(g)[0]
    assert tensors(best.inputs) == {"batch:1"}
    assert not best.is_sure


def test_two_answers_as_likely_as_each_other() -> None:
    g = Graph()
    for side in ("left", "right"):
        g.placeholder(f"{side}_x", FLOAT, (-1, 8))
        dense(g, f"{side}_output", f"{side}_x")
    proposals = proposed(g)
    assert len(proposals) == 2
    assert not any(proposal.is_sure for proposal in proposals)
    assert len({proposal.key for proposal in proposals}) == 2


def test_what_runs_within_a_loop_is_no_output() -> None:
    g = Graph()
    g.placeholder("x", FLOAT, (-1, 8))
    g.node("enter", "Enter", "x", T=FLOAT, frame_name="f")
    g.node("merge", "Merge", "enter", "next", T=FLOAT, N=2)
    g.node("more", "LoopCond", "test")
    g.node("test", "Less", "merge", "merge", T=FLOAT)
    g.node("switch", "Switch", "merge", "more", T=FLOAT)
    g.node("score", "Tanh", "switch:1", T=FLOAT)
    g.node("next", "NextIteration", "score", T=FLOAT)
    g.node("by_the_way", "Softmax", "score", T=FLOAT)
    g.node("exit", "Exit", "switch", T=FLOAT)
    g.node("y", "Tanh", "exit", T=FLOAT)
    best = proposed(g)[0]
    assert tensors(best.outputs) == {"y:0"}


def test_a_graph_without_a_way_in() -> None:
    g = Graph()
    g.const("a", 1.0, FLOAT)
    g.node("y", "Tanh", "a", T=FLOAT)
    assert proposed(g) == ()


def test_an_empty_graph() -> None:
    assert proposed(Graph()) == ()


def test_names_are_legal_and_unique() -> None:
    found = signature_names(
        [
            parse_tensor(t)
            for t in ("a/Placeholder:0", "a/Placeholder:0", "x/class:0", "b/2nd-x:0", "n/next:1", "import/x:0")
        ]
    )
    assert len(set(found)) == len(found)
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in found)
    assert signature_names([parse_tensor("InceptionV3/Predictions/Reshape_1:0")]) == ["Predictions"]


@pytest.mark.parametrize(
    "name", ["input", "image_tensor", "x", "X", "batch/input_ids", "DecodeJpeg/contents_image", "tf_example"]
)
def test_usual_inputs(name: str) -> None:
    assert looks_like_input(name)


@pytest.mark.parametrize(
    "name",
    [
        "softmax",
        "final_result",
        "InceptionV3/Predictions/Reshape_1",
        "detection_boxes",
        "keypoints_pred",
        "logits/BiasAdd",
    ],
)
def test_usual_outputs(name: str) -> None:
    assert looks_like_output(name)


@pytest.mark.parametrize("name", ["labels", "y_", "targets", "Ground_Truth", "model/label_ids"])
def test_labels_are_not_usual_inputs(name: str) -> None:
    assert not looks_like_input(name)
