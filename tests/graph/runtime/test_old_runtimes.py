"""Models lowered for an older runtime, run in that runtime, against what TF 1.15 answered for the originals.

`TF1_PYTHON` names a TensorFlow 1.15 interpreter. `TF_PYTHONS` may name more, separated by colons, of any version
that the table has.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from converted import requested
from model_fixtures import MODELS, model_fixture

from migrate.errors import MigrateError
from migrate.graph.convert import convert_model
from migrate.graph.runtime import lower_to
from migrate.verify import verify_models
from migrate.verify.compare import compare_arrays

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

CLIENT = Path(__file__).with_name("old_client.py")
TF1_PYTHON = os.environ.get("TF1_PYTHON")
PYTHONS = [python for python in [TF1_PYTHON, *os.environ.get("TF_PYTHONS", "").split(":")] if python]
RUN = [fixture for fixture in MODELS if fixture.calls]

CANNOT = {
    ("control_flow", "1.13"): "TensorListGetItem, which takes or gives something else",
    ("defun_calls", "1.13"): "BatchMatMulV2",
    ("dynamic_rnn", "1.13"): "TensorListScatterIntoExistingList",
    ("ragged_output", "1.13"): "composite tensor",
    ("ragged_output", "1.14"): "composite tensor",
    ("ragged_output", "2.0"): "composite tensor",
}


@cache
def clean_environment() -> tuple[tuple[str, str], ...]:
    """Without what this process sets for its own TensorFlow."""
    unwanted = ("TF2_BEHAVIOR", "PYTHONPATH", "TF_ENABLE_ONEDNN_OPTS")
    return tuple((key, value) for key, value in os.environ.items() if key not in unwanted)


@cache
def version_of(python: str) -> str:
    done = subprocess.run(
        [python, "-c", "import tensorflow; print(tensorflow.__version__)"],
        env=dict(clean_environment()),
        capture_output=True,
        text=True,
        check=True,
    )
    return ".".join(done.stdout.split()[-1].split(".")[:2])


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """Converts a golden once for all the tests of this module; answers with a fresh copy."""
    done = {}

    def convert(fixture, out):
        if str(fixture) not in done:
            made = tmp_path_factory.mktemp("converted") / "model"
            convert_model(
                fixture.path,
                made,
                checkpoint=fixture.checkpoint,
                tags=fixture.tags or None,
                signatures=requested(fixture),
                verify=False,
                trust=True,
            )
            done[str(fixture)] = made
        return shutil.copytree(done[str(fixture)], out)

    return convert


def samples_of(fixture, path):
    """The fixture's own samples, without the prefix of its variant; returns the calls and the outputs."""
    prefix = f"{fixture.variant}::" if fixture.variant else ""
    with np.load(fixture.folder / "samples.npz", allow_pickle=False) as data:
        mine = [key for key in data.files if key.startswith(prefix) and "::" not in key[len(prefix) :]]
        samples = {key[len(prefix) :]: data[key] for key in mine}
    np.savez(path, **samples)
    listed = fixture.settings.get("calls", [])
    calls = [[f"{number}/{call['signature']}", call["signature"]] for number, call in enumerate(listed)]
    calls = calls or [[key, key] for key in sorted(fixture.settings.get("inputs", {}))]
    return calls, {key: value for key, value in samples.items() if "/outputs/" in key}


@dataclass(frozen=True)
class Asked:
    """A fixture and what became of it: where the answers are, and what they should be."""

    file: Path
    expected: dict[str, np.ndarray]


@pytest.fixture(scope="module")
def asked(converted, tmp_path_factory):
    """Asks a runtime about all fixtures that it can run, in one process; answers with the Asked of each."""
    done = {}

    def ask(python, loader):
        if (python, loader) not in done:
            version, jobs = version_of(python), []
            found = done[python, loader] = {}
            for fixture in RUN:
                if (fixture.name, version) in CANNOT:
                    continue
                folder = tmp_path_factory.mktemp("asked")
                model = converted(fixture, folder / "model")
                lower_to(model, version)
                calls, expected = samples_of(fixture, folder / "samples.npz")
                found[str(fixture)] = Asked(folder / "answers.npz", expected)
                job = {"model": str(model), "tags": list(fixture.tags or ("serve",)), "calls": calls}
                jobs.append({**job, "samples": str(folder / "samples.npz"), "answers": str(folder / "answers.npz")})
            text = json.dumps({"loader": loader, "jobs": jobs})
            environment = dict(clean_environment())
            ran = subprocess.run([python, str(CLIENT)], input=text, text=True, capture_output=True, env=environment)
            assert ran.returncode == 0, ran.stderr[-3000:]
        return done[python, loader]

    return ask


def answers_of(file, loader):
    """What a runtime answered, under the keys of the samples."""
    failed = Path(f"{file}.txt")
    assert not failed.exists(), failed.read_text()[-3000:]
    with np.load(file, allow_pickle=False) as data:
        answers = {key: data[key] for key in data.files}
    if loader == "eager":
        # A function returns the parts of a sparse or ragged output each under a name of its own.
        answers = {re.sub("_(indices|values|dense_shape)$", r"/\1", key): value for key, value in answers.items()}
        answers = {re.sub(r"_component_(\d+)$", r"/\1", key): value for key, value in answers.items()}
    return answers


@pytest.mark.oracle
@pytest.mark.skipif(not PYTHONS, reason="TF1_PYTHON names no TensorFlow 1.15 interpreter")
@pytest.mark.parametrize("fixture", RUN, ids=str)
@pytest.mark.parametrize("loader", ["session", "eager"])
@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: Path(python).parents[1].name)
def test_an_older_runtime_answers_the_same(python, loader, fixture, asked):
    version = version_of(python)
    if loader == "eager" and version == "1.13":
        pytest.skip(f"TensorFlow {version} has no loader for eager execution")
    if (fixture.name, version) in CANNOT:
        pytest.skip(f"TensorFlow {version} cannot run it: see below")
    one = asked(python, loader)[str(fixture)]
    answers = answers_of(one.file, loader)
    assert set(answers) == set(one.expected)
    for name, value in one.expected.items():
        comparison = compare_arrays(value, answers[name])
        assert comparison.equal, (name, comparison)


@pytest.mark.parametrize(("name", "version"), CANNOT)
def test_what_a_runtime_cannot_run_is_named(name, version, converted, tmp_path):
    model = converted(model_fixture(name), tmp_path / "model")
    with pytest.raises(
        MigrateError, match=rf"TensorFlow {re.escape(version)} cannot run it: .*{CANNOT[name, version]}"
    ):
        lower_to(model, version)


@pytest.mark.parametrize("name", ["counter", "lookup_assets", "dynamic_rnn", "optimizer_inside"])
@pytest.mark.parametrize("version", ["1.15", "2.4", "2.21"])
def test_the_installed_tensorflow_still_finds_it_equal(name, version, converted, tmp_path):
    fixture = model_fixture(name)
    model = converted(fixture, tmp_path / "model")
    lower_to(model, version)
    assert verify_models(fixture.path, model, tags=fixture.tags).equal


def test_the_fingerprint_is_that_of_what_was_written(converted, tmp_path):
    import tensorflow as tf

    model = converted(model_fixture("counter"), tmp_path / "model")
    before = tf.saved_model.experimental.read_fingerprint(str(model))
    lower_to(model, "1.15")
    after = tf.saved_model.experimental.read_fingerprint(str(model))
    assert after.saved_model_checksum != before.saved_model_checksum


def test_what_cannot_be_lowered_is_left_as_it_is(converted, tmp_path):
    model = converted(model_fixture("ragged_output"), tmp_path / "model")
    before = (model / "saved_model.pb").read_bytes()
    with pytest.raises(MigrateError, match=r"TensorFlow 1\.14 cannot run it"):
        lower_to(model, "1.14")
    assert (model / "saved_model.pb").read_bytes() == before


def test_an_unknown_version_is_refused(tmp_path):
    with pytest.raises(MigrateError, match=r"no table for the runtime 1\.4; there are: 1\.13"):
        lower_to(tmp_path, "1.4")


def test_conversion_takes_a_runtime(tmp_path):
    fixture = model_fixture("counter")
    result = convert_model(fixture.path, tmp_path / "out", runtime="1.15")
    assert result.comparison.equal
    assert b"DisableCopyOnRead" not in (tmp_path / "out" / "saved_model.pb").read_bytes()
