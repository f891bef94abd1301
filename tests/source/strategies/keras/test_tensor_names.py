"""The names of the tensors of Keras' own models."""

from __future__ import annotations

import pytest

from .test_model import check_keras, check_refused, in_function

SAVE = "tf.saved_model.simple_save(K.get_session(), out, {'x': model.input}, {t.name: t for t in model.outputs})"


def made(model: str, *more: str) -> str:
    return in_function(*more, f"model = {model}", SAVE, arguments="out")


@pytest.mark.parametrize(
    ("model", "key"),
    [
        ("tf.keras.applications.MobileNet(weights='imagenet')", "act_softmax/Softmax:0"),
        ("tf.keras.applications.resnet50.ResNet50(include_top=True)", "probs/Softmax:0"),
        ("tf.keras.applications.VGG16()", "predictions/Softmax:0"),
    ],
)
def test_an_application(model: str, key: str) -> None:
    check_keras(made(model), f'{{"{key}": results[0]}}')


def test_the_name_of_its_input_and_of_its_ops() -> None:
    code = made("tf.keras.applications.VGG16()").replace("'x'", "model.input.op.name").replace("t.name", "t.op.name")
    check_keras(code, 'name="input_1"', '{"predictions/Softmax": results[0]}')


@pytest.mark.parametrize(
    ("model", "before"),
    [
        ("tf.keras.applications.MobileNet(input_shape=(32, 32, 3))", ""),
        ("tf.keras.applications.MobileNet(include_top=False)", ""),
        ("tf.keras.applications.EfficientNetB0()", ""),
        ("tf.keras.applications.MobileNet()", "old = tf.keras.applications.MobileNet()"),
        ("tf.keras.applications.MobileNet()", "x = tf.keras.Input((3,))"),
        ("tf.keras.applications.MobileNet() if out else tf.keras.applications.VGG16()", ""),
    ],
)
def test_an_application_whose_names_may_be_others(model: str, before: str) -> None:
    check_refused(made(model, *([before] if before else [])), "TFM102", "cannot be told from here")


def test_an_application_of_standalone_keras() -> None:
    code = made("VGG16()").replace("from tensorflow.keras import backend", "from keras import backend")
    code = code.replace("import tensorflow as tf\n", "import tensorflow as tf\nfrom keras.applications import VGG16\n")
    check_refused(code, "TFM102", "cannot be told from here")


@pytest.mark.parametrize("merged", ["tf.keras.layers.concatenate([a, b], axis=-1)", "tf.keras.layers.Add()([a, b])"])
def test_the_rank_of_what_is_merged(merged: str) -> None:
    lines = ["a = tf.keras.Input((3,))", "b = tf.keras.Input((3,))", f"c = {merged}"]
    lines.append("d = tf.keras.layers.Dense(2, activation='softmax')(c)")
    check_keras(made("tf.keras.Model([a, b], d)", *lines).replace("{'x': model.input}", "dict(zip('ab', model.inputs))")
                .replace("zip('ab'", "zip(['a', 'b']"), '"dense/Softmax:0"')  # fmt: skip
