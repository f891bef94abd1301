"""Whole proofs: models that TensorFlow 1.15 made, and a migrated script whose faults are seen without the original."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from migrate.engine import rewrite_source
from migrate.verify import verify_models
from migrate.verify.record import recheck as module
from migrate.verify.record.recheck import recheck
from migrate.verify.results import Status
from migrate.verify.scripts import ScriptComparison, verify_scripts
from migrate.verify.scripts.interpreters import own_interpreter
from tests.forked import warm_python

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]
FIXTURES = Path(__file__).parents[3] / "fixtures"
ARGS = ("--export_base={out}", "--model_version=3")


@pytest.mark.parametrize("name", ["counter", "sparse_input", "ragged_output", "lookup_assets", "odd_keys"])
def test_golden_models_and_their_conversions(name: str, tmp_path: Path):
    from migrate.graph.convert import convert_model

    golden = FIXTURES / "models" / name / "golden"
    convert_model(golden, tmp_path / "new")
    found = verify_models(golden, tmp_path / "new", record=tmp_path / "p.json")
    assert found.equal
    again = recheck(tmp_path / "p.json")
    assert again.equal
    # The same calls, with the same outcome to the last digit.
    assert again.signatures == found.signatures  # type: ignore[union-attr]
    # And the original answers as itself.
    assert recheck(tmp_path / "p.json", golden).equal


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the rewriter makes of a fixture's script, and the recorded proof; the original is gone.

    Where there is no TensorFlow 1, a script that copies the model which TensorFlow 1.15 wrote is the original.
    """
    folder = tmp_path_factory.mktemp("project")
    fixture = FIXTURES / "classify_examples"
    text = (fixture / "export.py").read_text()
    (folder / "export.py").write_text(rewrite_source(text).after)
    if python := os.environ.get("TF1_PYTHON"):
        (folder / "old.py").write_text(text)
    else:
        shutil.copytree(fixture / "golden", folder / "golden")
        (folder / "old.py").write_text(
            "import shutil, sys\nshutil.copytree('golden', sys.argv[1].partition('=')[2])\n"
        )  # fmt: skip
    scripts = (folder / "old.py", folder / "export.py")
    assert verify_scripts(*scripts, ARGS, tf1_python=python or sys.executable, record=folder / "proof.json").equal
    (folder / "old.py").unlink()
    return folder


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> str:
    """Scripts are run again by a Python that has TensorFlow already. What TensorFlow writes is then not recorded, which
    only tells what lies outside of the sandbox."""
    monkeypatch.setattr(module, "own_interpreter", lambda: replace(own_interpreter(), path=warm_python()))
    return str(warm_python())


def check(project: Path, text: str, tmp_path: Path) -> ScriptComparison:
    shutil.copytree(project, tmp_path / "copy")
    (tmp_path / "copy" / "export.py").write_text(text)
    found = recheck(tmp_path / "copy" / "proof.json")
    assert isinstance(found, ScriptComparison)
    return found


def test_the_migrated_script_as_it_is(project: Path, tmp_path: Path):
    assert check(project, (project / "export.py").read_text() + "\n# A comment.\n", tmp_path).equal


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tf.nn.softmax(", "tf.identity(", "probabilities"),
        ("[features['sepal'], features['petal']]", "[features['petal'], features['sepal']]", "probabilities"),
        ("[1.46, -1.61, -1.53]", "[1.46, -1.61, -1.52]", "probabilities"),
        ("['setosa', 'versicolor',", "['versicolor', 'setosa',", "best"),
        ("tf.saved_model.CLASSIFY_METHOD_NAME", "tf.saved_model.PREDICT_METHOD_NAME", "method name: "),
        ('"predict_species": model.predict_species,', "", "'predict_species' is only in the first model"),
        (
            "shape=[2], dtype=tf.float32)",
            "shape=[2], dtype=tf.float32, default_value=[1., 1.])",
            "InvalidArgumentError",
        ),
        ('"classes": classes, "scores": values', '"classes": classes, "scores": -values', "scores"),
    ],
)
def test_faults_are_caught_without_the_original(
    project: Path, tmp_path: Path, warm: str, old: str, new: str, said: str
):
    text = (project / "export.py").read_text()
    assert old in text
    found = check(project, text.replace(old, new), tmp_path)
    assert found.status is Status.DIFFERENT
    (comparison,) = found.pairs[0].comparisons
    told = []
    for signature in comparison.signatures:
        told += [*signature.reasons, *(each.message for each in signature.contract if each.breaking)]
        told += [output.name for output in signature.outputs if output.status is Status.DIFFERENT]
    assert any(said in each for each in told), told


TRAINED = """
import tensorflow as tf
import numpy as np
x = tf.placeholder(tf.float32, [None, 4], name="x")
w = tf.get_variable("w", [4, 3])
b = tf.get_variable("b", [3], initializer=tf.zeros_initializer())
y = tf.nn.softmax(tf.matmul(x, w) + b)
loss = tf.reduce_mean(tf.square(y - tf.one_hot([0, 1, 2, 0], 3)))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(3):
        session.run(train, {x: np.eye(4, dtype="f4")})
    tf.saved_model.simple_save(session, "export", inputs={"x": x}, outputs={"y": y})
"""
MIGRATED = """
import tensorflow as tf

class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.keras.initializers.GlorotUniform()([4, 3]), name="w")
        self.b = tf.Variable(tf.zeros([3]), name="b")

    @tf.function(input_signature=[tf.TensorSpec([None, 4], name="x")])
    def __call__(self, x):
        return {"y": tf.nn.softmax(x @ self.w + self.b)}

model = Model()
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(tf.eye(4))["y"] - tf.one_hot([0, 1, 2, 0], 3)))
    for variable, gradient in zip([model.w, model.b], tape.gradient(loss, [model.w, model.b])):
        variable.assign_sub(0.1 * gradient)
tf.saved_model.save(model, "export", {"serving_default": model.__call__})
"""


def test_trained_weights_that_start_from_random_numbers(tmp_path: Path, warm: str):
    (tmp_path / "old.py").write_text(TRAINED)
    (tmp_path / "new.py").write_text(MIGRATED)
    python, file = os.environ.get("TF1_PYTHON", warm), tmp_path / "p.json"
    found = verify_scripts(tmp_path / "old.py", tmp_path / "new.py", tf1_python=python, record=file)
    assert found.equal
    carried = {each.name for each in found.carried}
    assert "w" in carried
    (tmp_path / "old.py").unlink()
    again = recheck(file)
    assert again.equal
    assert {each.name for each in again.carried} == carried  # type: ignore[union-attr]
    # Other weights that are the same in every run are not the trained ones.
    (tmp_path / "new.py").write_text(
        MIGRATED.replace("tf.keras.initializers.GlorotUniform()([4, 3])", "tf.ones([4, 3])")
    )
    assert recheck(file).status is Status.DIFFERENT
    # And carried weights do not hide another computation.
    (tmp_path / "new.py").write_text(MIGRATED.replace("x @ self.w", "2.0 * x @ self.w"))
    assert recheck(file).status is Status.DIFFERENT
