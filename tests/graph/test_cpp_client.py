"""A C++ program, built against the headers in TensorFlow's wheel, loads converted models and calls them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from cpp_program import compiled, needs_cpp
from model_fixtures import model_fixture

from migrate.graph.convert import convert_model
from migrate.verify.compare import compare_arrays

SOURCE = Path(__file__).with_name("cpp_client.cc")
DTYPES = {"float": np.float32, "double": np.float64, "int64": np.int64, "int32": np.int32}

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    needs_cpp,
]


@pytest.fixture(scope="session")
def client(tmp_path_factory):
    """The program, compiled once."""
    return compiled(SOURCE, tmp_path_factory)


def words_of(array) -> str:
    """An array as cpp_client.cc reads it."""
    array = np.asarray(array)
    if array.dtype == object:
        dtype, values = "string", [bytes(value).hex() or "-" for value in array.ravel()]
    else:
        dtype = next(name for name, kind in DTYPES.items() if kind == array.dtype)
        values = [repr(value) for value in array.ravel().tolist()]
    return " ".join([dtype, str(array.ndim), *map(str, array.shape), *values])


def array_of(words: list[str]):
    """An array as cpp_client.cc prints it."""
    dtype, rank = words[0], int(words[1])
    shape, values = [int(word) for word in words[2 : 2 + rank]], words[2 + rank :]
    if dtype == "string":
        texts = [b"" if value == "-" else bytes.fromhex(value) for value in values]
        return np.array(texts, dtype=object).reshape(shape)
    return np.array(values).astype(DTYPES[dtype]).reshape(shape)


@pytest.mark.parametrize(
    "name",
    [
        "text_saved_model",  # variables, inputs and outputs of numbers
        "lookup_assets",  # tables that the init operation fills from asset files
        "counter",  # signatures that change state, one after the other
    ],
)
def test_a_cpp_program_gets_the_answers_of_tensorflow_1(name, client, tmp_path):
    fixture = model_fixture(name)
    convert_model(fixture.path, tmp_path / "model", tags=fixture.tags, verify=False)
    # The assets that count are those of the new model.
    moved = tmp_path / "elsewhere"
    (tmp_path / "model").rename(moved)
    lines = []
    for call in fixture.calls:
        lines.append(f"call {call.signature}")
        lines += [f"{key} {words_of(value)}" for key, value in call.inputs.items()]
        lines.append("run")
    done = subprocess.run(
        [client, moved, fixture.tags[0]],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        env={"TF_CPP_MIN_LOG_LEVEL": "2"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers = [answer.splitlines() for answer in done.stdout.split("done\n")[:-1]]
    assert len(answers) == len(fixture.calls)
    for call, answer in zip(fixture.calls, answers, strict=True):
        outputs = {words[0]: array_of(words[1:]) for words in map(str.split, answer)}
        assert set(outputs) == set(call.outputs)
        for key, value in call.outputs.items():
            comparison = compare_arrays(np.asarray(value), outputs[key])
            assert comparison.equal, (call.signature, key, comparison)
