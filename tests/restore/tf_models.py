"""Models that TensorFlow 2 makes for tests of `restore`, once in a process; shared by tests/signatures."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from migrate.signatures.quiet import import_tensorflow


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tf-models-")


@cache
def module_model() -> Path:
    """Signatures with several inputs and outputs, that are told apart by their numbers.

    `serving_default` and `regress` parse tf.Examples; `predict` gives z = a + 10 b, m = a - b, c = a b; `choose`
    has a default for `temperature`; `same` takes two inputs of one shape.
    """
    tf = import_tensorflow()

    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="w")
            self.words = tf.constant(["red", "green"])

        def parsed(self, serialized):
            return tf.io.parse_example(serialized, {"x": tf.io.FixedLenFeature([3], tf.float32)})["x"] @ self.w

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
        def classify(self, inputs):
            scores = tf.nn.softmax(self.parsed(inputs))
            return {"scores": scores, "classes": tf.tile(self.words[None], [tf.shape(scores)[0], 1])}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
        def regress(self, inputs):
            return {"outputs": tf.reduce_sum(self.parsed(inputs), 1)}

        @tf.function(
            input_signature=[tf.TensorSpec([None], tf.float32, name="a"), tf.TensorSpec([None], tf.float32, name="b")]
        )
        def predict(self, a, b):
            return {"z": a + 10.0 * b, "m": a - b, "c": a * b * self.w[0, 0]}

    model = Model()
    path = Path(_folder().name) / "module"
    signatures = {"serving_default": model.classify, "regress": model.regress, "predict": model.predict}
    tf.saved_model.save(model, str(path), signatures=signatures)
    return path


@cache
def keras_model() -> Path:
    """What Keras 3 exports."""
    import_tensorflow()
    import keras

    one, other = (keras.layers.Input((3,), name=name) for name in ("one", "other"))
    hidden = keras.layers.Dense(2, name="hidden")(keras.layers.Concatenate()([one, other]))
    model = keras.Model({"one": one, "other": other}, {"score": hidden, "bias": keras.layers.Dense(1)(hidden)})
    path = Path(_folder().name) / "keras"
    model.export(str(path), verbose=False)
    return path


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A copy of `module_model`."""
    return shutil.copytree(module_model(), tmp_path / "module")


@pytest.fixture
def keras_export(tmp_path: Path) -> Path:
    """A copy of `keras_model`."""
    return shutil.copytree(keras_model(), tmp_path / "keras")


def recomputed(directory: Path) -> Any:
    """The FingerprintDef that TensorFlow makes of a model."""
    import_tensorflow()
    from tensorflow.core.protobuf.fingerprint_pb2 import FingerprintDef
    from tensorflow.python.saved_model.pywrap_saved_model import fingerprinting

    return FingerprintDef.FromString(fingerprinting.CreateFingerprintDef(str(directory)))


def recorded(directory: Path) -> Any:
    """The FingerprintDef in a model's fingerprint.pb."""
    import_tensorflow()
    from tensorflow.core.protobuf.fingerprint_pb2 import FingerprintDef

    return FingerprintDef.FromString((directory / "fingerprint.pb").read_bytes())


def without_uuid(fingerprint: Any) -> Any:
    """The FingerprintDef but for the number that is drawn anew each time."""
    copy = type(fingerprint)()
    copy.CopyFrom(fingerprint)
    copy.ClearField("uuid")
    return copy
