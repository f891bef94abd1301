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
        ("tf.keras.applications.MobileNetV2(input_shape=(96, 96, 3), alpha=0.35, classes=5)", "Logits/Softmax:0"),
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
        ("tf.keras.applications.MobileNet(input_tensor=out)", ""),
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
    head = "from keras.applications import VGG16, MobileNet\n"
    code = made("VGG16()").replace("from tensorflow.keras import backend", "from keras import backend")
    check_keras(head + code, '{"predictions/Softmax:0": results[0]}')
    # Its versions do not agree on the last layer.
    check_refused(head + code.replace("VGG16()", "MobileNet()"), "TFM102", "cannot be told from here")


BASE = "base = tf.keras.applications.MobileNet(include_top=False, weights=None, input_shape=(96, 96, 3))"
NAMED = SAVE.replace("'x'", "model.input.name")


MODEL = "model = tf.keras.Model(base.input, p)"


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        (["h = tf.keras.layers.GlobalAveragePooling2D()(base.output)", "p = DENSE(h)", MODEL], "dense"),
        (["p = DENSE_(tf.keras.layers.Flatten()(base.output))", MODEL], "scores"),
        (["base.trainable = False", "h = DENSE(tf.keras.layers.Flatten()(base.output))", "p = DENSE(h)", MODEL], "dense_1"),
    ],
)  # fmt: skip
def test_layers_over_an_application(lines: list[str], key: str) -> None:
    dense = "tf.keras.layers.Dense(3, activation='softmax')"
    lines = [line.replace("DENSE_", dense.replace(")", ", name='scores')")).replace("DENSE", dense) for line in lines]
    code = in_function(BASE, *lines, NAMED, arguments="out")
    check_keras(code, f'{{"{key}/Softmax:0": ', 'name="arg_input_1_0"')


def test_a_sequence_that_starts_with_an_application() -> None:
    layers = "[base, tf.keras.layers.Flatten(), tf.keras.layers.Dense(2, activation='softmax')]"
    code = in_function(BASE, f"model = tf.keras.Sequential({layers})", SAVE, arguments="out")
    check_keras(code, '{"dense/Softmax:0": ')
    # That of its input is made of the name of the application.
    check_refused(code.replace("'x'", "model.input.name"), "TFM108", "cannot be told from here")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("include_top=False", "include_top=True"),
        ("Dense(2, activation='softmax')", "Activation('softmax')"),
        ("Flatten()", "Conv2D(2, 1)"),
        ("MobileNet(", "EfficientNetB0("),
    ],
)
def test_layers_over_an_application_whose_names_may_be_others(old: str, new: str) -> None:
    layers = "[base, tf.keras.layers.Flatten(), tf.keras.layers.Dense(2, activation='softmax')]"
    code = in_function(BASE, f"model = tf.keras.Sequential({layers})", SAVE, arguments="out")
    check_refused(code.replace(old, new), "TFM102", "cannot be told from here")


def test_the_input_of_an_application_that_is_given_one() -> None:
    given = BASE.replace("weights=None", "input_tensor=image")
    lines = ["image = tf.keras.Input((96, 96, 3), name='image')", given, "h = tf.keras.layers.Flatten()(base.output)",
             "p = tf.keras.layers.Dense(2, activation='softmax')(h)"]  # fmt: skip
    check_keras(in_function(*lines, "model = tf.keras.Model(image, p)", NAMED, arguments="out"), 'name="arg_image_0"')
    code = in_function(*lines, "model = tf.keras.Model(base.input, p)", NAMED, arguments="out")
    check_refused(code, "TFM108", "cannot be told from here")


@pytest.mark.parametrize("merged", ["tf.keras.layers.concatenate([a, b], axis=-1)", "tf.keras.layers.Add()([a, b])"])
def test_the_rank_of_what_is_merged(merged: str) -> None:
    lines = ["a = tf.keras.Input((3,))", "b = tf.keras.Input((3,))", f"c = {merged}"]
    lines.append("d = tf.keras.layers.Dense(2, activation='softmax')(c)")
    check_keras(made("tf.keras.Model([a, b], d)", *lines).replace("{'x': model.input}", "dict(zip('ab', model.inputs))")
                .replace("zip('ab'", "zip(['a', 'b']"), '"dense/Softmax:0"')  # fmt: skip
