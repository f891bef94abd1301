"""Wrapped signatures of models that were converted for TensorFlow 1.15, run by it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from model_fixtures import model_fixture

from migrate.graph.convert import convert_model
from migrate.signatures.contract import Api

TF1_PYTHON = os.environ.get("TF1_PYTHON")
CLIENT = Path(__file__).parents[1] / "runtime" / "old_client.py"
UNWANTED = ("TF2_BEHAVIOR", "PYTHONPATH", "TF_ENABLE_ONEDNN_OPTS")

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    pytest.mark.oracle,
    pytest.mark.skipif(not TF1_PYTHON, reason="TF1_PYTHON names no TensorFlow 1.15 interpreter"),
]


@pytest.mark.parametrize("loader", ["session", "eager"])
def test_tensorflow_1_15_answers_the_same(loader, wrap, edited, example, tmp_path):
    fixture = model_fixture("text_saved_model")
    convert_model(fixture.path, tmp_path / "converted", tags=fixture.tags, verify=False, runtime="1.15")
    copied = edited(
        tmp_path / "converted",
        lambda graph: graph.signature_def["classify"].CopyFrom(graph.signature_def["serving_default"]),
    )
    spec = "age:age=int64[],sex=string[]=nobody"
    regress = wrap("serving_default", Api.REGRESS, spec, model=copied, outputs="survived")
    both = wrap("classify", Api.CLASSIFY, spec, model=regress, scores="survived", vocabulary=(b"survived",))
    (call,) = fixture.calls
    whole = np.flatnonzero(call.inputs["age"] == call.inputs["age"].astype(int))
    assert len(whole)
    rows = [example(age=int(call.inputs["age"][number]), sex=call.inputs["sex"][number]) for number in whole]
    keys = {"serving_default": {"outputs"}, "classify": {"scores", "classes"}}
    np.savez(tmp_path / "samples.npz", **{f"{key}/inputs/inputs": np.array(rows, np.bytes_) for key in keys})
    job = {
        "model": str(both),
        "tags": ["serve"],
        "samples": str(tmp_path / "samples.npz"),
        "answers": str(tmp_path / "answers.npz"),
        "calls": [[key, key] for key in keys],
    }
    environment = {key: value for key, value in os.environ.items() if key not in UNWANTED}
    subprocess.run(
        [TF1_PYTHON, CLIENT],
        input=json.dumps({"loader": loader, "jobs": [job]}),
        env=environment,
        text=True,
        capture_output=True,
        check=True,
    )
    failed = tmp_path / "answers.npz.txt"
    assert not failed.exists(), failed.read_text()[-3000:]
    with np.load(tmp_path / "answers.npz") as answers:
        assert set(answers.files) == {f"{key}/outputs/{name}" for key, names in keys.items() for name in names}
        expected = call.outputs["survived"][whole]
        np.testing.assert_allclose(answers["serving_default/outputs/outputs"], expected, rtol=1e-6)
        np.testing.assert_allclose(answers["classify/outputs/scores"][:, 0], expected, rtol=1e-6)
        assert answers["classify/outputs/classes"].tolist() == [[b"survived"]] * len(whole)
