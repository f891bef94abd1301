"""The functions that new code freezes with, run under TensorFlow 2."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from migrate.signatures.quiet import import_tensorflow
from migrate.source.strategies.freezing.code import IMPORTS, FreezingNames, definitions

NAMES = FreezingNames("tf", "input_node_names", "output_node_names", "freeze_model", "model_graph")

pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]


@pytest.fixture
def new(tmp_path) -> dict[str, Any]:
    """The functions, by name."""
    import_tensorflow()
    texts = definitions(NAMES, outputs=True, rows=False)
    path = tmp_path / "functions.py"
    path.write_text("\n".join(["import tensorflow as tf", *IMPORTS, *texts]).replace("\t", "    "), "utf-8")
    found: dict[str, Any] = {}
    # AutoGraph reads the source again.
    exec(compile(path.read_text("utf-8"), str(path), "exec"), found)
    return found


def sequential(keras, *last):
    keras.utils.clear_session()
    return keras.Sequential([keras.layers.Dense(3, name="hidden", input_shape=(4,)), *last])


def test_the_same_numbers_under_the_names_of_tensorflow_1(new):
    tf = import_tensorflow()
    layers = tf.keras.layers
    a, b = layers.Input((3,), name="a"), layers.Input((2,), name="b")
    both = layers.Concatenate()([a, b])
    model = tf.keras.Model(
        [a, b], [layers.Dense(2, "softmax", name="label")(both), layers.Dense(1, name="score")(both)]
    )
    assert new["input_node_names"](model) == ["a", "b"]
    names = new["output_node_names"](model)
    assert names == ["label/Softmax", "score/BiasAdd"]
    graph_def = new["freeze_model"](model, names)
    assert {node.op for node in graph_def.node} <= {
        "Placeholder", "Const", "Identity", "ConcatV2", "MatMul", "Add", "AddV2", "BiasAdd", "Softmax",
    }  # fmt: skip
    # Attributes that TensorFlow 1 does not know.
    assert not any("grad_a" in node.attr for node in graph_def.node)
    fed = {"a:0": np.ones((2, 3), np.float32), "b:0": np.full((2, 2), 0.5, np.float32)}
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        with tf.compat.v1.Session(graph=graph) as session:
            found = session.run([f"{name}:0" for name in names], fed)
    for output, wanted in zip(found, model(list(fed.values())), strict=True):
        np.testing.assert_allclose(output, wanted, rtol=1e-6)


def test_sequential_models_have_inputs_called_after_their_first_layer(new):
    keras = import_tensorflow().keras
    assert new["input_node_names"](sequential(keras)) == ["hidden_input"]


def test_an_input_that_keras_3_named_is_an_error(new):
    keras = import_tensorflow().keras
    x = keras.layers.Input((2,))
    with pytest.raises(ValueError, match="name the Input layers"):
        new["input_node_names"](keras.Model(x, keras.layers.Dense(1)(x)))


def test_outputs_that_tensorflow_1_names_in_known_ways(new):
    keras = import_tensorflow().keras
    layers = keras.layers
    image = layers.Input((4, 4, 3), name="image")
    model = keras.Model(
        image,
        [
            layers.Conv2D(2, 1, activation="softmax", name="mask")(image),
            layers.Activation("sigmoid", name="act")(image),
            layers.Conv2D(2, 1, activation="relu", name="conv")(image),
        ],
    )
    assert new["output_node_names"](model) == ["mask/truediv", "act/Sigmoid", "conv/Relu"]


def test_outputs_whose_names_are_not_known_are_an_error(new):
    keras = import_tensorflow().keras
    layers = keras.layers
    for last in (
        layers.Dense(1, use_bias=False, name="last"),
        layers.Reshape((3, 1), name="last"),
        layers.Activation("linear", name="last"),
        layers.Dense(1, "selu", name="last"),
    ):
        with pytest.raises(ValueError, match="name of the output of last"):
            new["output_node_names"](sequential(keras, last))
