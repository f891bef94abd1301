"""Calls with serialized tf.Examples."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from model_fixtures import model_fixture

from migrate.check import check_model
from migrate.check.running import answer_problem
from migrate.signatures.contract import Api


def floats(*shape):
    return np.zeros(shape, np.float32)


def strings(*shape):
    return np.full(shape, b"a", object)


@pytest.mark.parametrize(
    ("api", "parts", "problem"),
    [
        (Api.CLASSIFY, {"scores": floats(3, 2)}, ""),
        (Api.CLASSIFY, {"classes": strings(3, 2), "scores": floats(3, 2)}, ""),
        (Api.CLASSIFY, {"classes": strings(3, 0)}, ""),
        (Api.CLASSIFY, {"scores": floats(3)}, "`scores` has the shape [3] instead of [batch, classes]"),
        (Api.CLASSIFY, {"scores": floats(1, 2)}, "`scores` has 1 rows for 3 tf.Examples"),
        (Api.CLASSIFY, {"scores": np.zeros((3, 2))}, "`scores` is float64 instead of float32"),
        (Api.CLASSIFY, {"classes": floats(3, 2)}, "`classes` is float32 instead of string"),
        (
            Api.CLASSIFY,
            {"classes": strings(3, 2), "scores": floats(3, 4)},
            "there are 2 `classes` and 4 `scores` for each example",
        ),
        (Api.REGRESS, {"outputs": floats(3)}, ""),
        (Api.REGRESS, {"outputs": floats(3, 1)}, ""),
        (Api.REGRESS, {"outputs": floats(3, 2)}, "`outputs` has the shape [3, 2] instead of [batch] or [batch, 1]"),
        (Api.REGRESS, {"outputs": floats()}, "`outputs` has the shape [] instead of [batch] or [batch, 1]"),
        (Api.REGRESS, {"outputs": floats(1)}, "`outputs` has 1 rows for 3 tf.Examples"),
        (Api.REGRESS, {"outputs": strings(3)}, "`outputs` is string instead of float32"),
    ],
)
def test_answers(api, parts, problem):
    assert answer_problem(api, parts, 3) == problem


def trials(check):
    return {
        signature.key: [(str(trial.api), trial.batches, trial.reason) for trial in signature.trials]
        for meta_graph in check.meta_graphs
        for signature in meta_graph.signatures
        if signature.trials
    }


def run_findings(check):
    return [(one.rule, str(one.severity), one.signature) for one in check.findings if one.rule.startswith("run-")]


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ["examples_three_methods", "estimator_export"])
def test_what_tensorflow_1_15_wrote(name):
    check = check_model(model_fixture(name).path, run=True)
    assert check.ran
    assert check.ok
    made = trials(check)
    assert set(made) >= {"serving_default"}
    assert all(batches == (1, 3) and not reason for ((_, batches, reason),) in made.values())


@pytest.mark.tensorflow
def test_a_tf2_export_that_lost_its_method_names(lost):
    check = check_model(lost, run=True)
    made = trials(check)
    assert made["classify"] == [("classify", (1, 3), "")]
    assert made["regress"] == [("regress", (1, 3), "")]
    assert "serving_default" not in made
    ((api, batches, reason),) = made["squeezed"]
    assert (api, batches) == ("classify", ())
    # Nothing promises that it is for Classify.
    assert ("run-result", "warning", "squeezed") in run_findings(check)
    assert "instead of [batch, classes]" in reason


@pytest.mark.tensorflow
def test_a_broken_promise_shows_when_it_runs(lost, tmp_path, restored):
    model = restored(lost, tmp_path / "m", {"squeezed": "classify"})
    check = check_model(model, run=True)
    assert ("run-result", "error", "squeezed") in run_findings(check)


@pytest.mark.tensorflow
def test_a_model_that_cannot_be_loaded(lost, tmp_path):
    model = shutil.copytree(lost, tmp_path / "m")
    shutil.rmtree(model / "variables")
    check = check_model(model, run=True)
    (finding,) = [one for one in check.findings if one.rule == "run-load"]
    assert finding.severity == "error"
    assert finding.message.startswith("TensorFlow ")
    assert "\n" not in finding.message
    assert all(batches == () and reason.startswith("not run") for ((_, batches, reason),) in trials(check).values())


CLASSIFY = {"inputs": "string[?]@in:0"}, {"scores": "float32[?,2]@out:0"}


def test_nothing_to_call(saved_model):
    check = check_model(saved_model({"serving_default": ("predict", {"x": "float32[?]"}, {"y": "int64[?]"})}), run=True)
    assert run_findings(check) == [("run-skipped", "note", "")]
    assert check.ok


def _hazard(op):
    def change(saved):
        graph = saved.meta_graphs[0].graph_def
        place = graph.node.add(name="in", op="Placeholder")
        place.attr["dtype"].type = 7
        node = graph.node.add(name="hazard", op=op, input=["in", "in"] if op == "WriteFile" else ["in"])
        if op == "PyFunc":
            node.attr["token"].s = b"pyfunc_0"
            node.attr["Tin"].list.type.append(7)
            node.attr["Tout"].list.type.append(1)
        out = graph.node.add(name="out", op="StringToNumber", input=["in", "^hazard"])
        out.attr["out_type"].type = 1

    return change


@pytest.mark.parametrize(("op", "said"), [("WriteFile", "writes files"), ("PyFunc", "calls a Python function")])
def test_models_that_reach_outside_are_not_run(saved_model, op, said):
    check = check_model(saved_model({"serving_default": ("classify", *CLASSIFY)}, _hazard(op), tf2=False), run=True)
    assert run_findings(check) == [("run-skipped", "warning", "serving_default")]
    ((api, batches, reason),) = trials(check)["serving_default"]
    assert (api, batches) == ("classify", ())
    assert reason.startswith(f"not run: node hazard ({op}): it {said}")


def _unparsed(saved):
    graph = saved.meta_graphs[0].graph_def
    place = graph.node.add(name="in", op="Placeholder")
    place.attr["dtype"].type = 7
    graph.node.add(name="out", op="StringToNumber", input=["in"]).attr["out_type"].type = 1


@pytest.mark.tensorflow
@pytest.mark.parametrize(("method", "severity"), [("regress", "warning"), ("predict", "note")])
def test_without_a_feature_spec_nothing_is_proved(saved_model, method, severity):
    signatures = {"serving_default": (method, {"inputs": "string[?]@in:0"}, {"outputs": "float32[?]@out:0"})}
    check = check_model(saved_model(signatures, _unparsed, tf2=False), run=True)
    assert run_findings(check) == [("run-skipped", severity, "serving_default")]
    ((_, batches, reason),) = trials(check)["serving_default"]
    assert (batches, reason) == ((), "not run: nothing in the graph says which features its tf.Examples have")


@pytest.mark.tensorflow
def test_a_model_that_refuses_the_examples(tf, tmp_path, restored):
    module = tf.Module()

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
    def regress(inputs):
        x = tf.io.parse_example(inputs, {"x": tf.io.FixedLenFeature([], tf.float32)})["x"]
        with tf.control_dependencies([tf.debugging.assert_greater(x, 1e30)]):
            return {"outputs": tf.identity(x)}

    tf.saved_model.save(module, str(tmp_path / "lost"), {"serving_default": regress})
    model = restored(tmp_path / "lost", tmp_path / "m", {"serving_default": "regress"})
    check = check_model(model, run=True)
    assert run_findings(check) == [("run-refused", "warning", "serving_default")] * 2
    ((_, batches, reason),) = trials(check)["serving_default"]
    assert batches == ()
    assert "Regress is not proved to work" in reason


@pytest.mark.tensorflow
def test_a_fixed_batch_is_tried_with_its_own_size(tf, tmp_path, restored):
    module = tf.Module()

    @tf.function(input_signature=[tf.TensorSpec([2], tf.string, name="inputs")])
    def regress(inputs):
        return {"outputs": tf.io.parse_example(inputs, {"x": tf.io.FixedLenFeature([], tf.float32)})["x"]}

    tf.saved_model.save(module, str(tmp_path / "lost"), {"serving_default": regress})
    model = restored(tmp_path / "lost", tmp_path / "m", {"serving_default": "regress"})
    check = check_model(model, run=True)
    assert trials(check) == {"serving_default": [("regress", (2,), "")]}
    assert [one.rule for one in check.findings] == ["fixed-batch"]
