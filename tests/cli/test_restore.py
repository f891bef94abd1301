from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.signatures import read_meta_graph
from tests.restore.models import CLASSIFY, PREDICT, lost_model, names, saved_model, signature, write


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write(tmp_path / "model", lost_model())


def methods(path: Path) -> dict[str, str]:
    return {signature.key: signature.method_name for signature in read_meta_graph(path).signatures}


def test_it_is_done_and_said(tf_migrate, model):
    ran = tf_migrate("restore", model, "--classify", "both")
    assert (ran.code, ran.errors) == (0, "")
    assert ran.text.splitlines() == [
        f"changed: {model}",
        "  both: method predict -> classify",
        f"  undo: tf-migrate restore {model} --undo",
    ]
    assert methods(model)["both"] == CLASSIFY


def test_nothing_to_do(tf_migrate, model):
    ran = tf_migrate("restore", model, "--predict", "both")
    assert (ran.code, ran.text) == (0, f"nothing to change: {model}\n")


def test_options_may_be_given_several_times(tf_migrate, model):
    more = ["--rename", "plain=a b", "--rename-input", "a b:a=x:0", "--rename-input", "a b:b=y=z", "--copy", "both=c"]
    assert tf_migrate("restore", model, "--remove", "number", *more).code == 0
    by_key = read_meta_graph(model).by_key
    assert list(by_key) == ["a b", "both", "c"]
    assert [info.key for info in by_key["a b"].inputs] == ["x:0", "y=z"]


def test_a_dry_run_shows_a_diff(tf_migrate, model):
    ran = tf_migrate("restore", model, "--classify", "both", "--dry-run")
    assert ran.code == 0
    assert "-  method_name tensorflow/serving/predict\n+  method_name tensorflow/serving/classify\n" in ran.text
    assert f"would change: {model}\n" in ran.text
    assert methods(model)["both"] == PREDICT


def test_json(tf_migrate, model):
    ran = tf_migrate("restore", model, "--classify", "both", "--dry-run", "--format", "json")
    data = json.loads(ran.text)
    assert (data["version"], data["changed"], data["written"]) == (1, True, False)


def test_undo(tf_migrate, model):
    before = (model / "saved_model.pb").read_bytes()
    tf_migrate("restore", model, "--classify", "both")
    tf_migrate("restore", model, "--rename", "plain=p")
    assert tf_migrate("restore", model, "--undo").text == f"undone: {model} (1 more to undo)\n"
    assert tf_migrate("restore", model, "--undo").text == f"undone: {model}\n"
    assert (model / "saved_model.pb").read_bytes() == before
    ran = tf_migrate("restore", model, "--undo")
    assert ran.code == 2
    assert "nothing to undo" in ran.errors


@pytest.mark.parametrize(
    "other", [["--classify", "both"], ["--out", "x"], ["--force"], ["--dry-run"], ["--tags", "serve"]]
)
def test_undo_goes_alone(tf_migrate, model, other):
    ran = tf_migrate("restore", model, "--undo", *other)
    assert ran.code == 2
    assert "--undo goes with no other option" in ran.errors


def test_what_the_original_has_and_the_model_has_not_is_exit_code_1(tf_migrate, model, tmp_path):
    message = saved_model()
    signature(message.meta_graphs[0], "old", {"a": "a:0", "b": "b:0"}, {"y": "y:0", "z": "z:0"})
    ran = tf_migrate("restore", model, "--from", write(tmp_path / "original", message))
    assert ran.code == 1
    assert (
        "not in the model: old (predict); another signature has its inputs and outputs: --rename plain=old" in ran.text
    )


def test_a_whole_new_model(tf_migrate, model, tmp_path):
    ran = tf_migrate("restore", model, "--classify", "both", "--out", tmp_path / "out")
    assert ran.code == 0
    assert ran.text.startswith(f"written: {tmp_path / 'out'}\n")
    assert "undo" not in ran.text
    assert methods(tmp_path / "out")["both"] == CLASSIFY
    assert methods(model)["both"] == PREDICT
    assert tf_migrate("restore", model, "--out", tmp_path / "out").code == 2
    assert tf_migrate("restore", model, "--out", tmp_path / "out", "--overwrite").code == 0
    assert methods(tmp_path / "out")["both"] == PREDICT


@pytest.mark.parametrize("tags", ["gpu,serve", "serve, gpu,", " gpu ,serve"])
def test_tags(tf_migrate, tmp_path, tags):
    message = saved_model(("serve",), ("serve", "gpu"))
    for meta_graph in message.meta_graphs:
        signature(meta_graph, "k", {"x": "x:0"}, {"y": "y:0"})
    model = write(tmp_path / "m", message)
    assert tf_migrate("restore", model, "--rename", "k=new", "--tags", tags).code == 0
    assert list(read_meta_graph(model, ["serve", "gpu"]).by_key) == ["new"]
    assert list(read_meta_graph(model).by_key) == ["k"]


def test_what_is_refused_is_one_line(tf_migrate, model):
    for options in (["--classify", "plain"], ["--remove", "x"], [], ["--rename", "both=\udcff"]):
        ran = tf_migrate("restore", model, *options)
        assert ran.code == 2
        assert ran.text == ""
        assert ran.errors.count("\n") == 1
        assert "Traceback" not in ran.errors
    assert names(model) == ["assets", "saved_model.pb", "variables"]
    assert tf_migrate("restore", model, "--classify", "plain", "--force").code == 0
