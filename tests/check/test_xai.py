"""The keys of AI Explanations."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from migrate.check import check_model

DOCS = Path(__file__).parents[2] / "docs"
RAW = {"raw": "string[?]"}
MODEL = ("predict", {"x": "float32[?,4]"}, {"y": "float32[?,1]"})
PREPROCESS = ("predict", RAW, {"x": "float32[?,4]"})
SERVE = ("predict", RAW, {"y": "float32[?,1]"})


def findings(saved_model, signatures, **kwargs):
    return check_model(saved_model(signatures, **kwargs), profile="xai").findings


@pytest.mark.parametrize(
    "signatures",
    [
        {"serving_default": MODEL},
        {"serving_default": MODEL, "xai_model": MODEL},
        {"serving_default": SERVE, "xai_preprocess": PREPROCESS, "xai_model": MODEL},
        {"serving_default": SERVE, "xai_preprocess": ("predict", RAW, {"x": "float32"}), "xai_model": MODEL},
    ],
)
def test_what_is_right(saved_model, signatures):
    assert findings(saved_model, signatures) == ()


def test_several_signatures_without_xai_model(saved_model):
    (finding,) = findings(saved_model, {"serving_default": MODEL, "other": MODEL})
    assert (finding.rule, finding.options) == ("xai-model", ("--copy", "serving_default=xai_model"))
    assert "`other`, `serving_default`" in finding.message
    missing = findings(saved_model, {"a": MODEL, "b": MODEL}, name="second")
    assert [(one.rule, one.options) for one in missing] == [("xai-model", ()), ("no-serving-default", ())]


def test_serving_profile_does_not_ask(saved_model):
    assert check_model(saved_model({"serving_default": MODEL, "other": MODEL})).findings == ()


@pytest.mark.parametrize("key", ["xai-model", "xai_models", "XAI_MODEL", "xaimodel"])
def test_near_misses_of_xai_model(saved_model, key):
    (finding,) = findings(saved_model, {"serving_default": MODEL, key: MODEL})
    assert (finding.rule, finding.signature, finding.options) == ("xai-key", key, ("--rename", f"{key}=xai_model"))


def test_a_near_miss_of_xai_preprocess_is_compared_all_the_same(saved_model):
    other = ("predict", RAW, {"z": "float32[?,4]"})
    found = findings(saved_model, {"serving_default": SERVE, "xai-preprocessing": other, "xai_model": MODEL})
    assert [one.rule for one in found] == ["xai-key", "xai-names"]
    command = check_model(
        saved_model({"serving_default": SERVE, "xai-preprocessing": other, "xai_model": MODEL}, name="b"), profile="xai"
    ).commands
    # restore renames signatures before it looks for their outputs.
    assert command[0][3:] == ("--rename", "xai-preprocessing=xai_preprocess", "--rename-output", "xai_preprocess:z=x")


def test_other_keys_are_no_near_misses(saved_model):
    found = findings(saved_model, {"serving_default": MODEL, "model": MODEL, "preprocess": PREPROCESS})
    assert [one.rule for one in found] == ["xai-model"]


def test_preprocess_without_model_is_offered_what_fits_it(saved_model):
    both = {"serving_default": SERVE, "xai_preprocess": PREPROCESS}
    (finding,) = findings(saved_model, both)
    assert (finding.rule, finding.options) == ("xai-model", ())
    (finding,) = findings(saved_model, {**both, "predict": MODEL}, name="three")
    assert finding.options == ("--copy", "predict=xai_model")


def test_every_mismatch_is_said(saved_model):
    model = ("predict", {"a": "float32[?,4]", "b": "int64[?]", "c": "float32[?]"}, {"y": "float32[?]"})
    preprocess = ("predict", RAW, {"a": "float64[?,4]", "b": "int64[?,2]", "d": "string[?]"})
    found = findings(saved_model, {"serving_default": SERVE, "xai_model": model, "xai_preprocess": preprocess})
    assert {(one.rule, one.message) for one in found} == {
        ("xai-names", "returns no `c`, which `xai_model` takes (float32 [?])"),
        ("xai-names", "returns `d` (string [?]), which `xai_model` does not take"),
        ("xai-dtype", "returns `a` as float64; `xai_model` takes float32"),
        ("xai-shape", "returns `b` [?, 2]; `xai_model` takes [?]"),
    }
    assert {one.signature for one in found} == {"xai_preprocess"}


def test_a_name_is_mended_only_where_one_fits(saved_model):
    def named(preprocess):
        return {"serving_default": SERVE, "xai_model": MODEL, "xai_preprocess": ("predict", RAW, preprocess)}

    (finding,) = findings(saved_model, named({"output_0": "float32[?,4]"}))
    assert finding.options == ("--rename-output", "xai_preprocess:output_0=x")
    found = findings(saved_model, named({"a": "float32[?,4]", "b": "float32[?,4]"}), name="two")
    assert [one.options for one in found] == [(), (), ()]


@pytest.mark.parametrize(
    ("form", "rule", "severity", "said"),
    [
        ("float32[1,4]", "xai-batch", "error", "export it with the shape [None, 4]"),
        ("float32[]", "xai-batch", "error", "export it with the shape [None]"),
        ("float32", "xai-batch", "warning", "export it with a shape such as [None, 4]"),
        ("sparse", "xai-dense", "error", "export it with a dense input"),
    ],
)
def test_one_batch_dimension(saved_model, form, rule, severity, said):
    model = ("predict", {"x": "float32[?,4]", "z": form}, {"y": "float32[?]"})
    found = [one for one in findings(saved_model, {"serving_default": model}) if one.rule.startswith("xai")]
    assert [(one.rule, str(one.severity), one.remedy) for one in found] == [(rule, severity, said)]


@pytest.mark.tensorflow
def test_the_page_exports_what_it_says(tf, tmp_path):
    page = (DOCS / "ai-explanations.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(code.replace("export/1", str(tmp_path / "1")), {"tf": tf})
    assert check_model(tmp_path / "1", profile="xai").findings == ()
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    assert loaded.signatures["serving_default"](raw=tf.constant(["1,2,3,4"]))["y"].numpy().tolist() == [[10.0]]
