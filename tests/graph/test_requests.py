from __future__ import annotations

import json

import pytest
from graphs import FLOAT, Graph

from migrate.errors import MigrateError
from migrate.graph.requests import (
    RequestedSignature,
    add_signature,
    parse_assignments,
    read_signatures,
    requested_signatures,
    tensor_info,
)


@pytest.fixture
def view():
    g = Graph()
    g.placeholder("x", shape=(-1, 3))
    g.node("top", "TopKV2", "x", "x", T=FLOAT)
    return g.view()


def test_assignments_may_have_odd_names():
    assert parse_assignments("--input", ["x:0=Placeholder:0", "a=b=y"]) == {"x:0": "Placeholder:0", "a=b": "y"}


@pytest.mark.parametrize("text", ["x", "=y", "x="])
def test_assignments_that_are_none(text):
    with pytest.raises(MigrateError, match=r"--input .*: expected NAME=TENSOR"):
        parse_assignments("--input", [text])


def test_a_name_twice():
    with pytest.raises(MigrateError, match="there is another tensor for x"):
        parse_assignments("--input", ["x=a", "x=b"])


def test_options_make_one_signature():
    only, added = requested_signatures(["score"], ["x=x:0"], ["y=y:0"], None)
    assert only == ()
    assert added == (RequestedSignature("score", {"x": "x:0"}, {"y": "y:0"}),)
    assert requested_signatures([], [], ["y=y:0"], None)[1][0].key == "serving_default"


def test_without_tensors_keys_choose():
    assert requested_signatures(["a", "b"], [], [], None) == (("a", "b"), ())


def test_options_that_contradict_each_other():
    with pytest.raises(MigrateError, match="--input without --output"):
        requested_signatures([], ["x=x"], [], None)
    with pytest.raises(MigrateError, match="describe one signature"):
        requested_signatures(["a", "b"], [], ["y=y"], None)


def test_a_file_of_signatures(tmp_path):
    path = tmp_path / "s.json"
    path.write_text(
        json.dumps(
            {"a": {"outputs": {"y": "y:0"}}, "b": {"method_name": "m", "inputs": {"x": "x"}, "outputs": {"y": "y"}}}
        )
    )
    a, b = read_signatures(path)
    assert a == RequestedSignature("a", {}, {"y": "y:0"})
    assert b.method_name == "m"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON"),
        ("[]", "one entry for each signature"),
        ("{}", "one entry for each signature"),
        ('{"a": []}', "signature a: expected `inputs`"),
        ('{"a": {"output": {}}}', "signature a: expected `inputs`"),
        ('{"a": {"outputs": {}}}', "signature a: it has no outputs"),
        ('{"a": {"outputs": {"y": 1}}}', "`outputs` is to be an object of names and tensors"),
        ('{"a": {"outputs": {"y": "y"}, "method_name": 1}}', "`method_name` is to be a string"),
    ],
)
def test_files_that_are_none(tmp_path, text, message):
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(MigrateError, match=message) as caught:
        read_signatures(tmp_path / "s.json")
    assert "s.json" in str(caught.value)


def test_what_the_graph_knows_goes_into_the_signature(view):
    add_signature(view.meta_graph, view.index, RequestedSignature("s", {"x": "x"}, {"y": "top:1"}), "model")
    written = view.meta_graph.signature_def["s"]
    assert written.inputs["x"].name == "x:0"
    assert [dim.size for dim in written.inputs["x"].tensor_shape.dim] == [-1, 3]
    assert written.outputs["y"].dtype == 3
    assert written.outputs["y"].tensor_shape.unknown_rank
    assert written.method_name == "tensorflow/serving/predict"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("topp:0", r"no tensor topp:0; did you mean top:0\?"),
        ("top:2", "no tensor top:2; top has 2 outputs"),
        ("x:one", "x:one is no tensor's name"),
        ("^x", "no tensor"),
    ],
)
def test_tensors_that_are_not_there(view, text, message):
    with pytest.raises(MigrateError, match=message):
        tensor_info(view.index, text, "model")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": {"outputs": {"y": "v:0"}}, "a": {"outputs": {"y": "w:0"}}}', "no JSON: a is there twice"),
        ('{"\\ud800": {"outputs": {"y": "v:0"}}}', "no JSON: half of a character"),
    ],
)
def test_json_that_says_two_things_or_nothing_is_refused(tmp_path, text, said):
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(MigrateError, match=said):
        read_signatures(tmp_path / "s.json")


def test_tensorflows_own_keys_are_no_signatures(view):
    with pytest.raises(MigrateError, match="__saved_model_init_op is no signature's key"):
        add_signature(view.meta_graph, view.index, RequestedSignature("__saved_model_init_op", {}, {"y": "x:0"}), "m")
