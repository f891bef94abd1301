"""`restore` on models that TensorFlow wrote, beside TensorFlow's own MethodNameUpdater, hashes and loaders."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from model_fixtures import MODELS, model_fixture

import migrate
from migrate import protos
from migrate.signatures.layout import read_layout
from migrate.signatures.model import BOOKKEEPING
from migrate.signatures.proto import new_message
from migrate.signatures.read import read_meta_graphs

pytestmark = pytest.mark.tensorflow

NAMES = {api: f"tensorflow/serving/{api}" for api in ("classify", "regress", "predict")}
TF1_MODELS = [fixture for fixture in MODELS if fixture.form == "saved_model"]


@dataclass(frozen=True)
class Exported:
    """A model that TensorFlow 2 has written.

    Attributes:
        directory: Where.
        options: What `restore_signatures` is to do to it.
    """

    directory: Path
    options: dict[str, list[str]]

    @property
    def method_names(self) -> dict[str, str]:
        """The new method name of each signature that gets another one."""
        return {key: NAMES[api] for api, keys in self.options.items() for key in keys}


def save_module(directory: Path) -> dict[str, list[str]]:
    import tensorflow as tf

    class Flowers(tf.Module):
        def __init__(self):
            super().__init__()
            self.weights = tf.Variable([[1.0, -1.0], [0.5, 2.0], [0.0, 1.0]], name="weights")
            vocabulary = directory.parent / "names.txt"
            vocabulary.write_text("setosa\nvirginica\n")
            self.names = tf.lookup.StaticHashTable(
                tf.lookup.TextFileInitializer(
                    tf.saved_model.Asset(str(vocabulary)).asset_path,
                    tf.int64,
                    tf.lookup.TextFileIndex.LINE_NUMBER,
                    tf.string,
                    tf.lookup.TextFileIndex.WHOLE_LINE,
                ),
                "?",
            )

        def features(self, examples):
            return tf.io.parse_example(examples, {"x": tf.io.FixedLenFeature([3], tf.float32)})["x"]

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
        def classify(self, inputs):
            scores = tf.nn.softmax(self.features(inputs) @ self.weights)
            classes = self.names.lookup(tf.constant([[0, 1]], tf.int64))
            return {"scores": scores, "classes": tf.tile(classes, [tf.shape(scores)[0], 1])}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
        def regress(self, inputs):
            return {"outputs": tf.reduce_sum(self.features(inputs) @ self.weights, 1)}

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def predict(self, x):
            return {"scores": tf.nn.softmax(x @ self.weights)}

    module = Flowers()
    signatures = {"serving_default": module.classify, "price": module.regress, "predict": module.predict}
    tf.saved_model.save(module, str(directory), signatures=signatures)
    return {"classify": ["serving_default"], "regress": ["price"]}


def save_keras(directory: Path) -> dict[str, list[str]]:
    """Keras names its outputs itself, so that a classify signature is a second endpoint beside `serve`."""
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.layers.Input((3,), name="x"), keras.layers.Dense(2, activation="softmax")])

    def classify(inputs):
        parsed = tf.io.parse_example(inputs, {"x": tf.io.FixedLenFeature([3], tf.float32)})
        return {"scores": model(parsed["x"])}

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", model.call, input_signature=[keras.InputSpec(shape=(None, 3), dtype="float32")])
    archive.add_endpoint("classify", classify, input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
    archive.write_out(str(directory), verbose=False)
    return {"classify": ["classify"]}


def save_keras_model(directory: Path) -> dict[str, list[str]]:
    """`model.export` gives one signature for tensors; only --force makes it something else."""
    import keras

    model = keras.Sequential([keras.layers.Input((3,), name="x"), keras.layers.Dense(2)])
    model.export(str(directory), verbose=False)
    return {"regress": ["serving_default"]}


@pytest.fixture(scope="module", params=[save_module, save_keras, save_keras_model])
def exported(request, tmp_path_factory) -> Exported:
    directory = tmp_path_factory.mktemp("exported") / "model"
    return Exported(directory, request.param(directory))


def updated(model: Path, method_names: dict[str, str], tags: list[str], out: Path) -> Path:
    """What MethodNameUpdater makes of a model; of a whole one, since it writes only saved_model.pb."""
    import tensorflow as tf

    shutil.copytree(model, out)
    updater = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater(str(out))
    for key, method_name in method_names.items():
        updater.replace_method_name(key, method_name, tags)
    updater.save()
    return out


def saved_model(directory: Path):
    from google.protobuf import text_format

    message = protos.saved_model()
    if (directory / "saved_model.pb").exists():
        message.ParseFromString((directory / "saved_model.pb").read_bytes())
    else:
        text_format.Parse((directory / "saved_model.pbtxt").read_text("utf-8"), message)
    return message


def outside_signatures(file: Path) -> list[bytes]:
    """All bytes of a saved_model.pb but the entries of `signature_def` and the lengths around them."""
    data = file.read_bytes()
    pieces, place = [], 0
    for layout in read_layout(data):
        pieces.append(data[place : layout.span.start])
        position = layout.value.start
        for entry in layout.entries:
            pieces.append(data[position : entry.span.start])
            position = entry.span.end
        pieces.append(data[position : layout.value.end])
        place = layout.span.end
    return [piece for piece in [*pieces, data[place:]] if piece]


def tree(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()
    }


def hashes(data: bytes) -> dict[str, int]:
    fingerprint = new_message("FingerprintDef")
    fingerprint.ParseFromString(data)
    fields = {field.name: value for field, value in fingerprint.ListFields() if field.name not in ("uuid", "version")}
    return {**fields, "producer": fingerprint.version.producer}


def tensorflow_hashes(directory: Path) -> dict[str, int]:
    from tensorflow.python.saved_model.pywrap_saved_model import fingerprinting

    return hashes(fingerprinting.CreateFingerprintDef(str(directory)))


@pytest.mark.parametrize("in_place", [True, False], ids=["in place", "out"])
def test_a_tensorflow_2_model_becomes_what_the_updater_makes_of_it(exported, tmp_path, in_place):
    wanted = updated(exported.directory, exported.method_names, ["serve"], tmp_path / "updated")
    result = tmp_path / "restored"
    if in_place:
        shutil.copytree(exported.directory, result)
        migrate.restore_signatures(result, **exported.options, force=True)
    else:
        migrate.restore_signatures(exported.directory, **exported.options, force=True, out=result)
    assert saved_model(result) == saved_model(wanted)
    old, new = exported.directory / "saved_model.pb", result / "saved_model.pb"
    assert outside_signatures(new) == outside_signatures(old)
    # TensorFlow's own way leaves the fingerprint of the old model.
    fingerprint = hashes((result / "fingerprint.pb").read_bytes())
    assert fingerprint == tensorflow_hashes(result) == tensorflow_hashes(wanted)
    assert fingerprint != hashes((exported.directory / "fingerprint.pb").read_bytes())
    own = {"saved_model.pb", "fingerprint.pb", "tf-migrate.undo"}
    rest = {name: data for name, data in tree(exported.directory).items() if name not in own}
    assert {name: data for name, data in tree(result).items() if name not in own} == rest


def test_it_is_the_old_model_again_after_undo(exported, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(exported.directory, model)
    migrate.restore_signatures(model, **exported.options, force=True)
    migrate.restore.undo(model)
    assert tree(model) == tree(exported.directory)


def test_restored_models_load_and_run(exported, tmp_path):
    import tensorflow as tf

    model = tmp_path / "model"
    migrate.restore_signatures(exported.directory, **exported.options, force=True, out=model)
    loaded, before = tf.saved_model.load(str(model)), tf.saved_model.load(str(exported.directory))
    assert list(loaded.signatures) == list(before.signatures)
    example = tf.train.Example()
    example.features.feature["x"].float_list.value.extend([0.5, -2.0, 1.0])
    values = {tf.string: np.array([example.SerializeToString()] * 2, object), tf.float32: np.ones([2, 3], np.float32)}
    in_session = {}
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        meta_graph = tf.compat.v1.saved_model.load(session, ["serve"], str(model))
        signatures = meta_graph.signature_def
        for key in loaded.signatures:
            feeds = {info.name: values[tf.as_dtype(info.dtype)] for info in signatures[key].inputs.values()}
            fetches = {name: info.name for name, info in signatures[key].outputs.items()}
            in_session[key] = session.run(fetches, feeds)
    assert exported.method_names.items() <= {key: signatures[key].method_name for key in loaded.signatures}.items()
    for key, answers in in_session.items():
        inputs = signatures[key].inputs.items()
        arguments = {name: tf.constant(values[tf.as_dtype(info.dtype)]) for name, info in inputs}
        expected, in_python = before.signatures[key](**arguments), loaded.signatures[key](**arguments)
        assert set(in_python) == set(answers) == set(expected)
        for name, value in expected.items():
            np.testing.assert_array_equal(in_python[name], value)
            np.testing.assert_array_equal(answers[name], value)


@pytest.mark.parametrize("fixture", TF1_MODELS, ids=str)
def test_a_tensorflow_1_model_becomes_what_the_updater_makes_of_it(fixture, tmp_path):
    """Also where MethodNameUpdater's answer is not the same bytes: TensorFlow 1 did not sort its maps."""
    tags = sorted(fixture.tags)
    signatures = next(one for one in read_meta_graphs(fixture.path) if one.tags == tuple(tags)).signatures
    key = signatures[0].key
    method_name = NAMES["regress" if signatures[0].method_name != NAMES["regress"] else "predict"]
    wanted = updated(fixture.path, {key: method_name}, tags, tmp_path / "updated")
    result = tmp_path / "restored"
    shutil.copytree(fixture.path, result)
    api = method_name.rpartition("/")[2]
    migrate.restore_signatures(result, **{api: [key]}, tags=tags, force=True)
    assert saved_model(result) == saved_model(wanted)
    if (fixture.path / "saved_model.pb").exists():
        old, new = fixture.path / "saved_model.pb", result / "saved_model.pb"
        assert outside_signatures(new) == outside_signatures(old)
    # TensorFlow 1 wrote no fingerprint, and there is none now.
    assert not (result / "fingerprint.pb").exists()


@pytest.mark.parametrize("name", ["examples_three_methods", "estimator_export", "text_saved_model"])
def test_what_the_export_lost_comes_back_from_the_original(name, tmp_path):
    """All method names are lost, as in a TF2 export; with the original they are, to the byte, what they were."""
    original, model = model_fixture(name).path, tmp_path / "model"
    shutil.copytree(original, model)
    keys = [signature.key for one in read_meta_graphs(original) for signature in one.signatures]
    lost = migrate.restore_signatures(model, predict=[key for key in keys if key not in BOOKKEEPING])
    if not lost.changed:
        assert name == "text_saved_model"  # It has predict signatures only: there is nothing to lose.
    restored = migrate.restore_signatures(model, original=original)
    assert not restored.unmatched
    assert restored.changed == lost.changed
    assert tree(model).items() >= tree(original).items()


@pytest.mark.parametrize("name", ["examples_three_methods", "estimator_export"])
def test_tensorflow_1_models_load_and_run_after_it(name, tmp_path):
    import tensorflow as tf

    fixture, model = model_fixture(name), tmp_path / "model"
    keys = [signature.key for signature in read_meta_graphs(fixture.path)[0].signatures]
    migrate.restore_signatures(fixture.path, predict=keys, out=model)
    assert sorted(tf.saved_model.load(str(model)).signatures) == sorted(keys)
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        meta_graph = tf.compat.v1.saved_model.load(session, ["serve"], str(model))
        signatures = meta_graph.signature_def
        assert {signatures[key].method_name for key in keys} == {NAMES["predict"]}
        for call in fixture.calls:
            signature = signatures[call.signature]
            feeds = {signature.inputs[key].name: value for key, value in call.inputs.items()}
            answers = session.run({key: info.name for key, info in signature.outputs.items()}, feeds)
            for key, value in call.outputs.items():
                if value.dtype == object:
                    np.testing.assert_array_equal(answers[key], value)
                else:
                    np.testing.assert_allclose(answers[key], value, rtol=1e-5, atol=1e-6)
