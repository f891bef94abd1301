"""Every example of `adapted.toml` gives the same numbers as TF1 code and, translated, as TF2 code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from migrate.source.api import compiling

sys.path.insert(0, str(Path(__file__).parent))

import differential
import rewriting

HERE = Path(__file__).parent
ADAPTED = [example for entry in compiling.read("adapted.toml").values() for example in entry["examples"]]
SAME = [line for line in (HERE / "same.txt").read_text().splitlines() if not line.startswith("#")]
EXAMPLES = ADAPTED + SAME


def difference(expected, found):
    """What is different, or None. Floats may differ in their last digits: TF 2 has new kernels."""
    if isinstance(expected, Exception) or isinstance(found, Exception):
        return f"{expected!r} / {found!r}"
    if len(expected) != len(found):
        return f"{len(expected)} values / {len(found)}"
    for one, other in zip(expected, found, strict=True):
        if one.dtype.kind != "S" and one.dtype != other.dtype:
            return f"{one.dtype} / {other.dtype}"
        if one.shape != other.shape:
            return f"shape {one.shape} / {other.shape}"
        close = np.allclose(one, other, 1e-5, 1e-6) if one.dtype.kind in "fc" else np.array_equal(one, other)
        if not close:
            return f"{one} / {other}"
    return None


def report(expected, found):
    texts = []
    for example, one, other in zip(EXAMPLES, expected, found, strict=True):
        different = difference(one, other)
        if different:
            texts.append(f"{example}\n    {rewriting.rewritten(example)}\n    {different}")
    return "\n".join(texts)


@pytest.fixture(scope="module")
def modern():
    tf = pytest.importorskip("tensorflow")
    return differential.modern(tf, [rewriting.rewritten(example) for example in EXAMPLES])


@pytest.mark.tensorflow
def test_examples_are_equal_in_the_graph_of_compat_v1(modern):
    import tensorflow as tf

    tf.compat.v1.disable_control_flow_v2()
    try:
        expected = differential.legacy(tf.compat.v1, EXAMPLES)
    finally:
        tf.compat.v1.enable_control_flow_v2()
    texts = report(expected, modern)
    if texts:
        pytest.fail(texts, pytrace=False)


@pytest.mark.tensorflow
@pytest.mark.oracle
def test_examples_are_equal_in_tensorflow_1(modern, tmp_path):
    python = os.environ.get("TF1_PYTHON")
    if not python:
        pytest.skip("TF1_PYTHON names no Python that has TensorFlow 1.15")
    (tmp_path / "examples.json").write_text(json.dumps(EXAMPLES))
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    subprocess.run(
        [python, differential.__file__, tmp_path / "examples.json", tmp_path / "values.npz"],
        env=environment,
        check=True,
        capture_output=True,
    )
    with np.load(tmp_path / "values.npz") as saved:
        expected = [read(saved, row) for row in range(len(EXAMPLES))]
    texts = report(expected, modern)
    if texts:
        pytest.fail(texts, pytrace=False)


def read(saved, row):
    if f"error_{row}" in saved:
        return RuntimeError(str(saved[f"error_{row}"]))
    columns = sum(name.startswith(f"value_{row}_") for name in saved.files)
    return [saved[f"value_{row}_{column}"] for column in range(columns)]
