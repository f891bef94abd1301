"""A C++ program, built against the headers in TensorFlow's wheel, sees restored method names and calls by them."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from cpp_program import compiled, needs_cpp
from model_fixtures import model_fixture

import migrate
from migrate.signatures.model import BOOKKEEPING

SOURCE = Path(__file__).with_name("cpp_method_names.cc")

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    needs_cpp,
]


@dataclass(frozen=True)
class Seen:
    """What the program says of a signature.

    Attributes:
        method_name: Its method name.
        classify: What Classify answers: the reason of a refusal, or for each example (label, score) of each class.
        regress: What Regress answers: the reason of a refusal, or a value for each example.
    """

    method_name: str
    classify: str | list[list[tuple[str, float]]]
    regress: str | list[float]


@pytest.fixture(scope="session")
def program(tmp_path_factory) -> Path:
    """The program, compiled once."""
    return compiled(SOURCE, tmp_path_factory)


def see(program: Path, model: Path, examples: list[bytes]) -> dict[str, Seen]:
    """What the program says of each signature, without TensorFlow's own."""
    done = subprocess.run(
        [program, model, "serve", *(example.hex() for example in examples)],
        capture_output=True,
        text=True,
        env={"TF_CPP_MIN_LOG_LEVEL": "2"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    found = {}
    for (_, key, method_name), classified, regressed in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        if key not in BOOKKEEPING:
            found[key] = Seen(method_name, classes_of(classified[1:]), values_of(regressed[1:]))
    return found


def classes_of(words: list[str]) -> str | list[list[tuple[str, float]]]:
    if words[0] == "refused":
        return words[1].strip()
    found: list[list[tuple[str, float]]] = [[]]
    for word in words:
        if word == "|":
            found.append([])
        elif word:
            label, _, score = word.rpartition(":")
            found[-1].append((label, float(score or "nan")))
    return found


def values_of(words: list[str]) -> str | list[float]:
    return words[1].strip() if words[0] == "refused" else [float(word) for word in words if word]


def save(directory: Path) -> None:
    """A model whose three signatures parse examples; one of them returns what Classify does not take."""
    import tensorflow as tf

    class Flowers(tf.Module):
        def __init__(self):
            super().__init__()
            self.weights = tf.Variable([[1.0, -1.0], [0.0, 2.0]])
            self.names = tf.constant([["setosa", "virginica"]])

        def logits(self, examples):
            return tf.io.parse_example(examples, {"x": tf.io.FixedLenFeature([2], tf.float32)})["x"] @ self.weights

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def classify(self, inputs):
            logits = self.logits(inputs)
            return {"scores": tf.nn.softmax(logits), "classes": tf.tile(self.names, [tf.shape(logits)[0], 1])}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def regress(self, inputs):
            return {"outputs": tf.reduce_sum(self.logits(inputs), 1, keepdims=True)}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def best(self, inputs):
            return {"scores": tf.reduce_max(self.logits(inputs), 1)}

    module = Flowers()
    signatures = {"serving_default": module.classify, "price": module.regress, "best": module.best}
    tf.saved_model.save(module, str(directory), signatures=signatures)


def example(values: list[float]) -> bytes:
    import tensorflow as tf

    message = tf.train.Example()
    message.features.feature["x"].float_list.value.extend(values)
    return message.SerializeToString()


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("flowers") / "model"
    save(directory)
    return directory


def test_what_tensorflow_2_exports_serves_neither_api(program, exported):
    for seen in see(program, exported, [example([1.0, 0.0])]).values():
        assert seen.method_name == "tensorflow/serving/predict"
        assert "method name" in seen.classify
        assert "method name" in seen.regress


def test_what_is_restored_serves_both(program, exported, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(exported, model)
    migrate.restore_signatures(model, classify=["serving_default"], regress=["price"])
    seen = see(program, model, [example([1.0, 0.0]), example([0.0, 1.0]), example([0.5, -1.0])])
    assert {key: one.method_name.rpartition("/")[2] for key, one in seen.items()} == {
        "serving_default": "classify",
        "price": "regress",
        "best": "predict",
    }
    rows = seen["serving_default"].classify
    assert [[label for label, _ in row] for row in rows] == [["setosa", "virginica"]] * 3
    logits = np.array([[1.0, -1.0], [0.0, 2.0], [0.5, -2.5]])
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose([[score for _, score in row] for row in rows], scores, atol=2e-6)
    np.testing.assert_allclose(seen["price"].regress, logits.sum(axis=1), atol=2e-6)
    assert "method name" in seen["serving_default"].regress
    assert "output keys" in seen["price"].classify


def test_what_restore_refuses_is_refused_by_the_program(program, exported, tmp_path):
    with pytest.raises(migrate.MigrateError, match="`best` could never serve Classify"):
        migrate.restore_signatures(exported, classify=["best"], out=tmp_path / "model")
    migrate.restore_signatures(exported, classify=["best"], out=tmp_path / "model", force=True)
    assert see(program, tmp_path / "model", [example([1.0, 0.0])])["best"].classify == "rank of scores"


def test_what_comes_from_the_original_answers_as_tensorflow_1_did(program, tmp_path):
    """The method names of a TF1 model are lost, as in a TF2 export, and restored from it."""
    fixture, model = model_fixture("examples_three_methods"), tmp_path / "model"
    keys = sorted({call.signature for call in fixture.calls})
    migrate.restore_signatures(fixture.path, predict=keys, out=model)
    calls = {call.signature: call for call in fixture.calls}
    lost = see(program, model, [])
    assert all(one.method_name.endswith("predict") for one in lost.values())
    migrate.restore_signatures(model, original=fixture.path)
    asked = 0
    for key, call in calls.items():
        (fed,) = call.inputs.values()
        if np.asarray(fed).dtype != object:
            continue
        seen = see(program, model, [bytes(value) for value in fed])[key]
        if seen.method_name.endswith("classify"):
            if "classes" in call.outputs:
                labels = [[label for label, _ in row] for row in seen.classify]
                assert labels == [[label.decode() for label in row] for row in call.outputs["classes"]]
            scores = [[score for _, score in row] for row in seen.classify]
            np.testing.assert_allclose(scores, call.outputs["scores"], atol=2e-6)
            asked += 1
        elif seen.method_name.endswith("regress"):
            np.testing.assert_allclose(seen.regress, np.ravel(call.outputs["outputs"]), rtol=1e-5, atol=2e-6)
            asked += 1
    assert asked == 3
