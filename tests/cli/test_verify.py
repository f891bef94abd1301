import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> tuple[Path, Path]:
    """Two models that differ by 0.5."""
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()
    directory = tmp_path_factory.mktemp("models")

    def save(name: str, by: float) -> Path:
        module = tf.Module()
        module.by = tf.Variable(by)
        spec = [tf.TensorSpec([None], name="x")]
        function = tf.function(lambda x: {"y": x + module.by}, input_signature=spec)
        tf.saved_model.save(module, str(directory / name), {"serving_default": function})
        return directory / name

    return save("a", 1.0), save("b", 1.5)


@pytest.mark.tensorflow
def test_equal(tf_migrate, models):
    ran = tf_migrate("verify", models[0], models[0])
    assert ran.code == 0
    assert ran.errors == ""
    assert ran.text.splitlines()[-1].startswith("equal: 1 signature, 1 output")


@pytest.mark.tensorflow
def test_different(tf_migrate, models):
    ran = tf_migrate("verify", *models)
    assert ran.code == 1
    assert "serving_default: output 'y' differs first at [0]" in ran.text
    assert "different: 1 of 1 signature (serving_default)" in ran.text


@pytest.mark.tensorflow
def test_json_and_samples(tf_migrate, models, tmp_path):
    np.savez(tmp_path / "s.npz", **{"serving_default/x": np.array([2.0], "f4")})
    ran = tf_migrate("verify", *models, "--samples", tmp_path / "s.npz", "--format", "json", "--seed", "3")
    assert ran.code == 1
    data = json.loads(ran.text)
    (output,) = data["signatures"][0]["outputs"]
    assert (output["first_difference"]["a"], output["first_difference"]["b"]) == (3.0, 3.5)
    assert (data["seed"], data["signatures"][0]["samples"]) == (3, ["samples"])


@pytest.mark.tensorflow
def test_samples_are_saved_and_given_again(tf_migrate, models, tmp_path):
    saved = tmp_path / "saved.npz"
    first = tf_migrate("verify", *models, "--save-samples", saved, "--format", "json")
    with np.load(saved, allow_pickle=False) as arrays:
        assert sorted(arrays.files) == ["serving_default/x", "serving_default@2/x", "serving_default@3/x"]
    # Another seed makes no difference: nothing is generated.
    again = tf_migrate("verify", *models, "--samples", saved, "--seed", "9", "--format", "json")
    (before,), (after,) = (json.loads(ran.text)["signatures"] for ran in (first, again))
    assert after["samples"] == ["samples 1", "samples 2", "samples 3"]
    for key in ("elements", "max_abs_error", "histogram", "location"):
        assert before["outputs"][0][key] == after["outputs"][0][key]
    assert "variable" in after["outputs"][0]["location"]["message"]


@pytest.mark.tensorflow
def test_samples_cannot_be_saved(tf_migrate, models, tmp_path):
    ran = tf_migrate("verify", *models, "--save-samples", tmp_path / "no" / "s.npz")
    assert ran.code == 2
    assert "cannot write samples" in ran.errors


@pytest.mark.tensorflow
def test_a_page(tf_migrate, models, tmp_path):
    ran = tf_migrate("verify", *models, "--html", tmp_path / "proof.html")
    assert (ran.code, ran.errors) == (1, f"written: {tmp_path / 'proof.html'}\n")
    assert "different: 1 of 1 signature" in ran.text
    page = (tmp_path / "proof.html").read_text("utf-8")
    assert "✗" in page
    assert f"tf-migrate verify {models[0]} {models[1]} --seed 0" in page


def test_a_page_that_cannot_be_written_is_refused_before_anything_is_run(tf_migrate, tmp_path):
    page = tmp_path / "no" / "proof.html"
    ran = tf_migrate("verify", tmp_path / "a", tmp_path / "b", "--html", page)
    assert (ran.code, ran.text) == (2, "")
    assert ran.errors == f"tf-migrate: error: {page}: cannot write it: there is no directory {page.parent}\n"


def test_bad_input(tf_migrate, tmp_path):
    ran = tf_migrate("verify", tmp_path / "a", tmp_path / "b")
    assert (ran.code, ran.text) == (2, "")
    assert ran.errors == f"tf-migrate: error: {tmp_path / 'a'}: no such directory\n"


@pytest.mark.tensorflow
def test_bad_tags_and_samples(tf_migrate, models, tmp_path):
    ran = tf_migrate("verify", *models, "--tags", "train,gpu")
    assert ran.code == 2
    assert "no MetaGraph has the tags gpu,train; there is: serve" in ran.errors
    ran = tf_migrate("verify", *models, "--samples", tmp_path / "no.npz")
    assert ran.code == 2
    assert "cannot read samples" in ran.errors


@pytest.mark.tensorflow
def test_a_missing_signature_needs_no_numbers(tf_migrate, models, tmp_path):
    from migrate.signatures.proto import new_message

    copy = shutil.copytree(models[0], tmp_path / "copy")
    message = new_message("SavedModel")
    message.ParseFromString((copy / "saved_model.pb").read_bytes())
    message.meta_graphs[0].signature_def[0].key = "other"
    (copy / "saved_model.pb").write_bytes(message.SerializeToString())
    ran = tf_migrate("verify", models[0], copy)
    assert ran.code == 1
    assert "only in the second model" in ran.text


def test_importing_the_command_costs_nothing():
    code = (
        "import sys; import migrate.cli.verify;"
        "assert not {'tensorflow', 'numpy', 'jinja2', 'google.protobuf', 'rich.table'} & set(sys.modules), 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.tensorflow
@pytest.mark.slow
def test_only_the_result_is_printed(models):
    args = ["verify", str(models[0]), str(models[0])]
    code = f"from migrate.cli.main import main; import sys; sys.exit(main({args!r}))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    assert ran.stdout.endswith("absolute error 0\n")
