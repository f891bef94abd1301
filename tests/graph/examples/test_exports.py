"""Models from elsewhere: Keras exports, converted ones, and a C++ program that calls the result."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest
from cpp_program import needs_cpp
from model_fixtures import model_fixture
from test_cpp_client import array_of, client, words_of

from migrate.errors import MigrateError
from migrate.graph.convert import convert_model
from migrate.graph.examples.spec import parse_feature_specs
from migrate.graph.examples.wrap import wrap_with_examples
from migrate.graph.examples.wrapping import Wrapping
from migrate.graph.load import load_source, select_meta_graph
from migrate.signatures import read_meta_graph
from migrate.signatures.contract import Api, violations

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]
__all__ = ["client"]


def test_a_keras_export(tf, wrap, call, example, tmp_path):
    keras = tf.keras
    first, second = (keras.layers.Input(shape, name=name) for name, shape in (("age", (1,)), ("shape", (2,))))
    both = keras.layers.Concatenate()([first, second])
    normal = keras.layers.BatchNormalization()(keras.layers.Dense(4, activation="relu")(both))
    model = keras.Model({"age": first, "shape": second}, {"risk": keras.layers.Dense(3, activation="softmax")(normal)})
    model.export(str(tmp_path / "export"), verbose=False)
    names = (b"low", b"middle", b"high")
    directory = wrap(
        "serving_default", Api.CLASSIFY, "age,shape", model=tmp_path / "export", scores="risk", vocabulary=names
    )
    rows = [([0.5], [1.0, -1.0]), ([2.0], [0.0, 3.0])]
    found = call(directory, "serving_default", inputs=[example(age=age, shape=shape) for age, shape in rows])
    ages, shapes = (np.float32(column) for column in zip(*rows, strict=True))
    expected = call(tmp_path / "export", "serving_default", age=ages, shape=shapes)["risk"]
    np.testing.assert_array_equal(found["scores"], expected)
    assert found["classes"].tolist() == [list(names)] * 2
    assert violations(read_meta_graph(directory).by_key["serving_default"], Api.CLASSIFY) == ()
    # The other endpoint is what it was.
    loaded = tf.saved_model.load(str(directory))
    np.testing.assert_array_equal(loaded.serve({"age": ages, "shape": shapes})["risk"].numpy(), expected)


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    directory = tmp_path_factory.mktemp("converted") / "model"
    fixture = model_fixture("text_saved_model")
    convert_model(fixture.path, directory, tags=fixture.tags, verify=False)
    return directory


def survivors(example):
    """The golden call, its inputs as tf.Examples."""
    (call,) = model_fixture("text_saved_model").calls
    rows = zip(call.inputs["age"].tolist(), call.inputs["sex"].tolist(), strict=True)
    return [example(age=age, sex=sex) for age, sex in rows], call.outputs["survived"]


def test_a_converted_model_gives_the_numbers_of_tensorflow_1(converted, wrap, call, example):
    examples, expected = survivors(example)
    directory = wrap("serving_default", Api.REGRESS, "age,sex", model=converted, outputs="survived")
    found = call(directory, "serving_default", inputs=examples)["outputs"]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_model_before_it_was_converted():
    fixture = model_fixture("text_saved_model")
    meta_graph = select_meta_graph(load_source(fixture.path), fixture.tags)
    wrapping = Wrapping("serving_default", Api.REGRESS, parse_feature_specs("age,sex"), outputs="survived")
    with pytest.raises(MigrateError, match="TensorFlow 1 wrote this model; convert it first"):
        wrap_with_examples(meta_graph, wrapping)


@needs_cpp
def test_a_cpp_program(converted, client, wrap, call, example, tf2_model):
    examples, expected = survivors(example)
    directory = wrap("serving_default", Api.REGRESS, "age,sex", model=converted, outputs="survived")
    found = ask(client, directory, "serving_default", examples)
    np.testing.assert_allclose(found["outputs"], expected, rtol=1e-6)
    rows = [[1.0, 2.0, 3.0], [1.0, 1.0, 0.0]]
    classes = wrap("predict", Api.CLASSIFY, "x", scores="probabilities", vocabulary=(b"no", b"yes"))
    found = ask(client, classes, "predict", [example(x=row) for row in rows])
    np.testing.assert_allclose(
        found["scores"], call(tf2_model, "predict", x=np.float32(rows))["probabilities"], rtol=1e-6
    )
    assert found["classes"].tolist() == [[b"no", b"yes"]] * 2


def ask(client, directory, key, examples):
    lines = [f"call {key}", f"inputs {words_of(np.array(examples, object))}", "run"]
    done = subprocess.run(
        [client, directory, "serve"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        env={"TF_CPP_MIN_LOG_LEVEL": "2"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers = (line.split() for line in done.stdout.splitlines() if line != "done")
    return {words[0]: array_of(words[1:]) for words in answers}
