from __future__ import annotations

import json
import sys

import pytest

sys.path.insert(0, str(__file__).rsplit("/cli/", 1)[0] + "/graph")
from model_fixtures import model_fixture

from migrate.cli.main import main

pytestmark = pytest.mark.tensorflow


@pytest.fixture
def run(capsys):
    def call(*args):
        code = main(["convert", *map(str, args)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_saved_model(run, tmp_path):
    code, out, err = run(model_fixture("counter").path, tmp_path / "m")
    assert code == 0, err
    assert f"written: {tmp_path / 'm'}" in out
    assert "6 signatures (follow, increment, peek, reset, tick, vote); 4 variables, 1 trainable" in out
    assert "proved equal to the source" in out
    assert sorted(path.name for path in (tmp_path / "m").iterdir()) == [
        *("assets", "fingerprint.pb", "saved_model.pb", "variables"),
    ]


def test_json(run, tmp_path):
    code, out, _ = run(model_fixture("text_saved_model").path, tmp_path / "m", "--format", "json")
    data = json.loads(out)
    assert code == 0
    assert data["version"] == 1
    assert data["verification"]["equal"] is True
    assert {"name", "dtype", "shape", "trainable", "was_reference"} == set(data["variables"][0])


def test_a_frozen_graph_with_named_tensors_and_with_auto(run, tmp_path):
    fixture = model_fixture("frozen_cnn")
    (signature,) = fixture.signatures.values()
    options = [f"--input={k}={v}" for k, v in signature["inputs"].items()]
    options += [f"--output={k}={v}" for k, v in signature["outputs"].items()]
    assert run(fixture.path, tmp_path / "a", *options)[0] == 0
    assert run(fixture.path, tmp_path / "b", "--signature", "auto")[0] == 0
    code, _, err = run(fixture.path, tmp_path / "c")
    assert code == 2
    assert "it has no signatures; name inputs and outputs with --input and --output" in err


def test_a_checkpoint_that_is_named(run, tmp_path):
    fixture = model_fixture("meta_checkpoint::older")
    (key, signature), *_ = fixture.signatures.items()
    options = [f"--input={k}={v}" for k, v in signature.get("inputs", {}).items()]
    options += [f"--output={k}={v}" for k, v in signature["outputs"].items()]
    args = [fixture.path, tmp_path / "m", "--checkpoint", fixture.checkpoint, "--signature", key, *options]
    assert run(*args)[0] == 0


def test_one_signature_of_several(run, tmp_path):
    code, out, _ = run(model_fixture("counter").path, tmp_path / "m", "--signature", "peek")
    assert code == 0
    assert "1 signature (peek)" in out
    code, _, err = run(model_fixture("counter").path, tmp_path / "n", "--signature", "nope")
    assert code == 2
    assert "no signature nope; there is: follow, increment" in err


def test_an_inner_tensor(run, tmp_path):
    path = model_fixture("text_saved_model").path
    code, out, _ = run(path, tmp_path / "m", "--expose", "inner=survived:0")
    assert code == 0
    assert "(inner, " in out
    code, _, err = run(path, tmp_path / "n", "--expose", "inner=nothing:0")
    assert code == 2
    assert "the graph has no tensor nothing:0" in err


def test_what_exists_stays(run, tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "mine").write_text("mine")
    code, _, err = run(model_fixture("counter").path, tmp_path / "m", "--no-verify")
    assert code == 2
    assert "exists already" in err
    assert (tmp_path / "m" / "mine").read_text() == "mine"
    assert run(model_fixture("counter").path, tmp_path / "m", "--no-verify", "--overwrite")[0] == 0
    assert not (tmp_path / "m" / "mine").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["{tmp}/nowhere"], "nowhere: no such file or directory"),
        (["{counter}", "--tags", "gpu"], "no MetaGraph has the tags gpu; there is: serve"),
        (["{counter}", "--checkpoint", "{tmp}/c"], "c: no checkpoint with this prefix"),
        (["{counter}", "--input", "x"], "--input x: expected NAME=TENSOR"),
        (["{counter}", "--signatures", "{tmp}/s.json"], "s.json: cannot read it"),
        (["{counter}", "--output", "y=gone:0"], "the graph has no tensor gone:0"),
        (["{python}"], "PyFunc"),
        (["{file}"], "WriteFile"),
    ],
)
def test_bad_input_is_one_line(run, tmp_path, args, message):
    names = {
        "tmp": tmp_path,
        "counter": model_fixture("counter").path,
        "python": model_fixture("python_function").path,
        "file": model_fixture("write_file").path,
    }
    model, *rest = [arg.format(**names) for arg in args]
    code, out, err = run(model, tmp_path / "m", *rest)
    assert code == 2
    assert out == ""
    assert message in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "m").exists()
    assert list(tmp_path.iterdir()) == []


def test_what_tf2_wrote_is_not_converted_again(run, tmp_path):
    run(model_fixture("text_saved_model").path, tmp_path / "m", "--no-verify")
    code, _, err = run(tmp_path / "m", tmp_path / "n")
    assert code == 2
    assert "TF2 wrote this model; there is nothing to convert" in err
