from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import migrate
from migrate.errors import MigrateError
from migrate.signatures import read_meta_graph
from tests.graph.model_fixtures import model_fixture

CLASSIFY = "tensorflow/serving/classify"
PREDICT = "tensorflow/serving/predict"


@pytest.fixture
def lost(tmp_path: Path) -> Path:
    """A model with classify and regress signatures whose method names are lost."""
    path = tmp_path / "lost"
    shutil.copytree(model_fixture("examples_three_methods").path, path)
    migrate.set_method_names(
        path, {signature.key: PREDICT for signature in read_meta_graph(path).signatures if signature.method_name}
    )
    return path


def method_names(path: Path) -> dict[str, str]:
    return {signature.key: signature.method_name for signature in read_meta_graph(path).signatures}


def key_of(path: Path, method: str) -> str:
    return next(
        signature.key for signature in read_meta_graph(path).signatures if signature.method_name.endswith(method)
    )


def test_set_method_names_sets_them_and_nothing_else(lost):
    original = model_fixture("examples_three_methods").path
    wanted = method_names(original)
    migrate.set_method_names(str(lost).encode(), wanted)
    assert method_names(lost) == wanted
    assert {path.name for path in lost.iterdir()} == {path.name for path in original.iterdir()}


def test_set_method_names_does_not_ask_whether_an_api_would_take_it(lost):
    key = key_of(model_fixture("examples_three_methods").path, "regress")
    migrate.set_method_names(lost, {key: "my/own/method"})
    assert method_names(lost)[key] == "my/own/method"


def test_set_method_names_refuses_a_signature_that_is_not_there(lost):
    before = (lost / "saved_model.pb").read_bytes()
    with pytest.raises(MigrateError, match="no signature `nothing`"):
        migrate.set_method_names(lost, {"nothing": CLASSIFY})
    assert (lost / "saved_model.pb").read_bytes() == before


def test_the_export_appears_restored_in_its_place(lost, tmp_path):
    key = key_of(model_fixture("examples_three_methods").path, "classify")
    target = tmp_path / "models" / "7"
    with migrate.exporting(target, classify=[key]) as directory:
        assert not target.exists()
        shutil.copytree(lost, directory, dirs_exist_ok=True)
    assert method_names(target)[key] == CLASSIFY
    assert not (target / "tf-migrate.undo").exists()
    assert [path.name for path in target.parent.iterdir()] == ["7"]


def test_method_names_come_from_the_original(lost, tmp_path):
    original = model_fixture("examples_three_methods").path
    with migrate.exporting(tmp_path / "new", original=original) as directory:
        shutil.copytree(lost, directory, dirs_exist_ok=True)
    assert method_names(tmp_path / "new") == method_names(original)


def test_nothing_appears_where_the_export_fails(tmp_path):
    target = tmp_path / "models" / "7"
    with pytest.raises(ZeroDivisionError), migrate.exporting(target, classify=["serving_default"]):
        raise ZeroDivisionError
    assert list(target.parent.iterdir()) == []


def test_nothing_appears_where_a_signature_could_never_serve(lost, tmp_path):
    key = key_of(model_fixture("examples_three_methods").path, "regress")
    target = tmp_path / "models" / "7"
    with (
        pytest.raises(MigrateError, match="could never serve Classify") as caught,
        migrate.exporting(target, classify=[key]) as directory,
    ):
        shutil.copytree(lost, directory, dirs_exist_ok=True)
    assert str(target) in str(caught.value)
    assert directory not in str(caught.value)
    assert list(target.parent.iterdir()) == []


def test_an_empty_export_is_told_by_the_name_of_its_place(tmp_path):
    with (
        pytest.raises(MigrateError, match=r"models/7: no saved_model\.pb"),
        migrate.exporting(tmp_path / "models" / "7"),
    ):
        pass


def test_a_model_is_replaced_only_when_asked(lost, tmp_path):
    target = tmp_path / "7"
    shutil.copytree(lost, target)
    with pytest.raises(MigrateError, match="exists already"), migrate.exporting(target):
        pass
    key = key_of(model_fixture("examples_three_methods").path, "classify")
    with migrate.exporting(target, classify=[key], overwrite=True) as directory:
        shutil.copytree(lost, directory, dirs_exist_ok=True)
    assert method_names(target)[key] == CLASSIFY


@pytest.mark.tensorflow
def test_with_tensorflow_2_and_keras(tmp_path):
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()

    class Model(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
        def length(self, inputs):
            return {"outputs": tf.cast(tf.strings.length(inputs), tf.float32)}

    model = Model()
    with migrate.exporting(tmp_path / "module", regress=["serving_default"]) as directory:
        tf.saved_model.save(model, directory, signatures=model.length)
    assert method_names(tmp_path / "module") == {"serving_default": "tensorflow/serving/regress"}
    loaded = tf.saved_model.load(str(tmp_path / "module"))
    assert loaded.signatures["serving_default"](tf.constant(["abc"]))["outputs"].numpy().tolist() == [3.0]

    keras = tf.keras
    network = keras.Sequential([keras.layers.Input((3,), name="x"), keras.layers.Dense(2)])
    with migrate.exporting(tmp_path / "keras", copy={"serving_default": "xai_model"}) as directory:
        network.export(directory, verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "keras"))
    assert "xai_model" in loaded.signatures
    assert loaded.signatures["xai_model"](tf.ones([2, 3]))["output_0"].shape == (2, 2)
