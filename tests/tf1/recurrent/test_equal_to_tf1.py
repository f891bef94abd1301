"""Cells, decoders, chains, tables and the like: names and numbers are those of TensorFlow 1.15."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

import migrate

pytest.importorskip("tensorflow")

import recurrent_comparing as comparing
import tensorflow as tf
from recurrent_cases import CASES

from tests.forked import run_forked

pytestmark = pytest.mark.tensorflow
v1 = tf.compat.v1

WITHOUT_V2 = [
    "basic_lstm", "lstm_shards", "multi", "wrapped", "own_cells", "scopes", "blocks", "crf_known_lengths", "decode_greedy",
    "beam_attention", "tables", "mutable_tables", "parameters",
]  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_equal_under_tensorflow_2(name: str) -> None:
    assert comparing.differences(name) == []


def test_equal_after_disable_v2_behavior() -> None:
    place = [str(Path(comparing.__file__).parent), str(Path(migrate.__file__).parent.parent)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(place), "CUDA_VISIBLE_DEVICES": ""}
    done = run_forked(comparing.__file__, WITHOUT_V2, Path.cwd(), environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_a_checkpoint_of_tensorflow_1_is_restored_by_name() -> None:
    arrays, _ = comparing.golden()
    with tf.Graph().as_default():
        outputs, feeds = CASES["multi"](v1, comparing.API)
        with v1.Session() as session:
            v1.train.Saver().restore(session, str(comparing.HERE / "multi.ckpt"))
            got = session.run(outputs["outputs"], feeds)
    np.testing.assert_allclose(arrays["multi/outputs"], got, rtol=1e-5, atol=2e-6)
