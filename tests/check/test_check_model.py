"""`check_model` as a whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from model_fixtures import MODELS

import migrate
from migrate.check import Severity, check_model
from migrate.errors import MigrateError

PREDICT = ("predict", {"x": "float32[?]"}, {"y": "float32[?]"})


def test_it_is_public():
    assert migrate.check_model is check_model


def test_what_it_returns(saved_model):
    model = saved_model({"serving_default": PREDICT})
    check = check_model(str(model))
    assert (check.path, check.file, check.against, check.runtime, check.ran) == (
        *(model, model / "saved_model.pb", None, None, False),
    )
    (one,) = check.meta_graphs
    assert (one.tags, one.tensorflow_version) == (("serve",), "2.21.0")


def test_the_file_itself(saved_model):
    file = saved_model({"serving_default": PREDICT}) / "saved_model.pb"
    assert check_model(file).file == file


def test_findings_come_the_worst_first(saved_model):
    wrong = ("regress", {"inputs": "string[1]"}, {"outputs": "float64[?]"})
    check = check_model(saved_model({"a": wrong, "b": ("", *PREDICT[1:])}))
    severities = [str(finding.severity) for finding in check.findings]
    assert severities == ["error", "error", "warning", "warning"]
    assert [check.count(severity) for severity in Severity] == [2, 2, 0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"profile": "tpu"}, "there is no profile tpu; there are: serving, xai"),
        ({"runtime": "3.0"}, "there is no table for the runtime 3.0"),
        ({"tags": ["train"]}, "no MetaGraph has the tags train; there is: serve"),
        ({"tags": []}, "no MetaGraph has the tags (none); there is: serve"),
    ],
)
def test_bad_arguments(saved_model, arguments, message):
    with pytest.raises(MigrateError) as caught:
        check_model(saved_model({"serving_default": PREDICT}), **arguments)
    assert message in str(caught.value)


def _empty(path: Path) -> None:
    path.mkdir()


def _zero(path: Path) -> None:
    path.mkdir()
    (path / "saved_model.pb").write_bytes(b"")


def _noise(path: Path) -> None:
    path.mkdir()
    (path / "saved_model.pb").write_bytes(b"\xff" * 100)


@pytest.mark.parametrize("make", [None, _empty, _zero, _noise])
def test_broken_models_are_one_line(tmp_path, make):
    if make is not None:
        make(tmp_path / "m")
    with pytest.raises(MigrateError) as caught:
        check_model(tmp_path / "m")
    assert str(tmp_path / "m") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_text_model(tmp_path):
    fixture = next(model for model in MODELS if model.name == "text_saved_model")
    assert check_model(fixture.path).file.suffix == ".pbtxt"


@pytest.mark.parametrize("fixture", [model for model in MODELS if model.form == "saved_model"], ids=str)
def test_a_model_differs_from_itself_in_nothing(fixture, tmp_path):
    copy = shutil.copytree(fixture.path, tmp_path / "m")
    alone = check_model(fixture.path).findings
    against = check_model(fixture.path, against=copy).findings
    # An original says which method name is right, which without one is a guess.
    assert set(against) <= set(alone)
