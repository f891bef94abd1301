"""Old clients in TensorFlow 1.15 itself, of models lowered to it: convert, put the names back, serve to the old."""

from __future__ import annotations

import json
import os
import subprocess

import numpy as np
import pytest
from model_fixtures import model_fixture

from migrate.graph.convert import convert_model
from migrate.graph.legacy_names import Role
from migrate.signatures import read_meta_graph
from migrate.verify.compare import compare_arrays

TF1_PYTHON = os.environ.get("TF1_PYTHON")

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.slow,
    pytest.mark.tensorflow,
    pytest.mark.skipif(not TF1_PYTHON, reason="TF1_PYTHON names no interpreter"),
]

CLIENT = """
import json, sys
import numpy as np
import tensorflow as tf
model, tag, calls = json.load(sys.stdin)
answers = []
with tf.compat.v1.Session(graph=tf.Graph()) as session:
    tf.compat.v1.saved_model.loader.load(session, [tag], model)
    for feeds, fetches in calls:
        answers.append([np.asarray(value).tolist() for value in session.run(fetches, feeds)])
print(json.dumps(answers))
"""


@pytest.mark.parametrize("name", ["odd_keys", "counter"])
def test_an_old_program_in_the_old_runtime(name, tmp_path, old):
    fixture = model_fixture(name)
    convert_model(fixture.path, tmp_path / "new", tags=fixture.tags, runtime="1.15", verify=False)
    said = old.put_back(tmp_path / "new", read_meta_graph(fixture.path, fixture.tags), tmp_path / "back")
    calls, expected = [], []
    for call in fixture.calls:
        mine = [name for name in said.put_back if name.signature == call.signature]
        feeds = {name.name: call.inputs[name.key].tolist() for name in mine if name.role is Role.FEED}
        # JSON has no bytes; the strings of these fixtures go in only.
        feeds = {
            name: [v.decode() if isinstance(v, bytes) else v for v in value] if isinstance(value, list) else value
            for name, value in feeds.items()
        }
        outputs = {name.name: call.outputs[name.key] for name in mine if name.role is Role.FETCH}
        outputs = {name: value for name, value in outputs.items() if value.dtype != object}
        calls.append((feeds, list(outputs)))
        expected.append(list(outputs.values()))
    environment = {key: value for key, value in os.environ.items() if key not in ("TF2_BEHAVIOR", "PYTHONPATH")}
    done = subprocess.run(
        [TF1_PYTHON, "-c", CLIENT],
        input=json.dumps([str(tmp_path / "back"), fixture.tags[0], calls]),
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for values, answers in zip(expected, json.loads(done.stdout), strict=True):
        for value, answer in zip(values, answers, strict=True):
            assert compare_arrays(value, np.asarray(answer, dtype=value.dtype)).equal
