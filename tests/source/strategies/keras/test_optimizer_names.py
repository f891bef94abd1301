"""Optimizers that models are compiled with by name."""

from __future__ import annotations

import pytest

from .test_moved import note, rewrite_source, script


def after(*lines: str) -> str:
    return rewrite_source(script(*lines), "script.py").after


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("adadelta", "tf.keras.optimizers.Adadelta(learning_rate=1.0)"),
        ("Adagrad", "tf.keras.optimizers.Adagrad(learning_rate=0.01, initial_accumulator_value=0.0)"),
        ("adamax", "tf.keras.optimizers.Adamax(learning_rate=0.002)"),
        ("adam", "'adam'"),
    ],
)
def test_standalone_keras_took_other_rates(name: str, text: str) -> None:
    assert f"model.compile({text}, 'mse')" in after(f"model.compile('{name}', 'mse')")
    assert f"optimizer={text})" in after(f"model.compile(loss='mse', optimizer='{name}')")


def test_named_adagrad_of_tf_keras_begins_with_zeros() -> None:
    code = script("model.compile('adagrad', 'mse')", "model.compile('adadelta', 'mse')")
    text = rewrite_source(code.replace("from keras.models", "from tensorflow.keras.models"), "script.py").after
    assert "compile(tf.keras.optimizers.Adagrad(initial_accumulator_value=0.0), 'mse')" in text
    assert "compile('adadelta', 'mse')" in text


def test_models_of_both_kinds_of_keras() -> None:
    code = script("other = tf.keras.models.load_model('n.h5')", "other.compile('adadelta', 'mse')")
    assert "the rate of 'adadelta', which keras and tf.keras did not share (line 6)" in note(code)


def test_nadam_is_told() -> None:
    assert "Nadam with TensorFlow 1's schedule" in note(script("model.compile('nadam', 'mse')"))
    assert "Nadam with TensorFlow 1's schedule" in note(script("model.compile(keras.optimizers.Nadam(0.1), 'mse')"))


def test_objects_of_standalone_adagrad_begin_with_zeros() -> None:
    text = "".join(after("model.compile(keras.optimizers.Adagrad(0.1), 'mse')").split())
    assert "keras.optimizers.Adagrad(learning_rate=0.1,initial_accumulator_value=0.0" in text


def test_checkpoints() -> None:
    lines = (
        "model.compile('sgd', 'mse', metrics=['accuracy'])",
        "c = keras.callbacks.ModelCheckpoint('b.h5', 'val_acc')",
    )
    assert "ModelCheckpoint('b.h5', 'val_accuracy')" in after(*lines)
    told = note(script("c = keras.callbacks.ModelCheckpoint('b.h5', save_weights_only=True)"))
    assert "ModelCheckpoint with weights in other files than *.weights.h5 (line 5)" in told


def test_evaluation_stays_quiet() -> None:
    assert "model.evaluate(g, verbose=0)" in after("print(model.evaluate_generator(g))")
    assert "model.predict(g, verbose=1)" in after("model.predict_generator(g, verbose=1)")
