import json
import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    """A folder with the models `a` and `b`, which are equal, and `c`, which is not."""
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()
    folder = tmp_path_factory.mktemp("models")
    module = tf.Module()
    module.by = tf.Variable(1.0)
    function = tf.function(lambda x: {"y": x + module.by}, input_signature=[tf.TensorSpec([None], name="x")])
    for name, by in (("a", 1.0), ("b", 1.0), ("c", 1.5)):
        module.by.assign(by)
        tf.saved_model.save(module, str(folder / name), {"serving_default": function})
    return folder


@pytest.mark.tensorflow
def test_record_and_recheck(tf_migrate, models, tmp_path):
    proof = tmp_path / "proof.json"
    ran = tf_migrate("verify", models / "a", models / "b", "--record", proof)
    assert (ran.code, ran.errors) == (0, "")
    assert f"note: recorded in {proof} and proof.npz" in ran.text
    ran = tf_migrate("verify", "--recheck", proof)
    assert (ran.code, ran.errors) == (0, "")
    assert ran.text.splitlines()[-1].startswith("equal: 1 signature, 1 output")
    ran = tf_migrate("verify", "--recheck", proof, models / "c")
    assert ran.code == 1
    assert "serving_default: output 'y' differs first at [0]" in ran.text
    ran = tf_migrate("verify", "--recheck", proof, models / "c", "--format", "json")
    assert json.loads(ran.text)["status"] == "different"


@pytest.mark.tensorflow
def test_what_is_not_equal_is_not_recorded(tf_migrate, models, tmp_path):
    ran = tf_migrate("verify", models / "a", models / "c", "--record", tmp_path / "proof.json")
    assert ran.code == 1
    assert "not recorded" in ran.text
    assert not list(tmp_path.iterdir())


@pytest.mark.tensorflow
def test_the_page(tf_migrate, models, cwd):
    shutil.copytree(models / "a", "a")
    assert tf_migrate("verify", "a", "a", "--record", "proof.json").code == 0
    ran = tf_migrate("verify", "--recheck", "proof.json", "--html", "page.html")
    assert (ran.code, ran.errors) == (0, "written: page.html\n")
    page = Path("page.html").read_text()
    assert "tf-migrate verify --recheck proof.json" in page
    assert "those recorded in <code>proof.json</code>" in page


@pytest.mark.parametrize(
    "args",
    [["--seed", "1"], ["--scripts"], ["--tags", "a"], ["--samples", "s.npz"], ["--record", "q.json"], ["a", "b"]],
)
def test_what_the_proof_says_already(tf_migrate, args):
    ran = tf_migrate("verify", "--recheck", "p.json", *args)
    assert ran.code == 2
    assert "the proof says it already" in ran.errors


def test_one_line_for_what_is_no_proof(tf_migrate, tmp_path):
    (tmp_path / "p.json").write_text("{}")
    ran = tf_migrate("verify", "--recheck", tmp_path / "p.json")
    assert (ran.code, ran.text) == (2, "")
    said = f"tf-migrate: error: {tmp_path / 'p.json'}: not a proof: tf-migrate verify --record writes proofs\n"
    assert ran.errors == said


@pytest.mark.parametrize("args", [[], ["a"], ["--scripts", "a.py"]])
def test_two_sides_are_needed(tf_migrate, args):
    ran = tf_migrate("verify", *args)
    assert ran.code == 2
    assert "missing: two models, or --scripts and two scripts, or --recheck FILE" in ran.errors
