"""Verdicts and findings on the signatures of hand-made models."""

from __future__ import annotations

import pytest

from migrate.check import check_model
from migrate.check.results import Taken
from migrate.signatures.contract import Api

PREDICT = ("predict", {"x": "float32[?,3]"}, {"y": "float32[?,2]"})
CLASSIFY = ({"inputs": "string[?]"}, {"classes": "string[?,3]", "scores": "float32[?,3]"})
REGRESS = ({"inputs": "string[?]"}, {"outputs": "float32[?,1]"})


def found(check):
    return [(str(finding.severity), finding.rule, finding.signature, finding.options) for finding in check.findings]


def taken(check, key):
    signatures = {signature.key: signature for signature in check.meta_graphs[0].signatures}
    return [str(signatures[key].verdict(api).taken) for api in Api]


def test_an_ordinary_export_is_fine(saved_model):
    check = check_model(saved_model({"serving_default": PREDICT}))
    assert check.findings == ()
    assert check.ok
    assert check.commands == ()
    assert taken(check, "serving_default") == ["yes", "no", "no"]
    (said, *_) = check.meta_graphs[0].signatures[0].verdict(Api.CLASSIFY).violations
    assert said.message.startswith("its input `x` is float32")


def test_what_keeps_its_promise(saved_model):
    model = saved_model({"serving_default": ("classify", *CLASSIFY), "r": ("regress", *REGRESS), "p": PREDICT})
    check = check_model(model)
    assert check.findings == ()
    assert [taken(check, key) for key in ("serving_default", "r", "p")] == [
        ["yes", "yes", "no"],
        ["yes", "no", "yes"],
        ["yes", "no", "no"],
    ]


@pytest.mark.parametrize(("api", "form"), [("classify", CLASSIFY), ("regress", REGRESS)])
def test_a_lost_method_name(saved_model, api, form):
    check = check_model(saved_model({"serving_default": ("predict", *form)}, parses=True))
    assert found(check) == [("warning", "lost-method-name", "serving_default", (f"--{api}", "serving_default"))]
    assert check.meta_graphs[0].signatures[0].verdict(Api(api)).taken is Taken.UNNAMED
    assert check.commands == (("tf-migrate", "restore", str(check.path), f"--{api}", "serving_default"),)


def test_a_model_of_raw_text_has_lost_nothing(saved_model):
    check = check_model(saved_model({"serving_default": ("predict", *REGRESS)}))
    assert found(check) == [("note", "no-examples", "serving_default", ())]
    assert check.ok


def test_a_twin_shows_that_predict_is_meant(saved_model):
    model = saved_model({"serving_default": ("predict", *CLASSIFY), "c": ("classify", *CLASSIFY)}, parses=True)
    assert check_model(model).findings == ()


@pytest.mark.parametrize(
    ("method", "form", "parses", "options"),
    [
        ("", PREDICT[1:], True, ("--predict", "serving_default")),
        ("my/own", PREDICT[1:], True, ("--predict", "serving_default")),
        ("", CLASSIFY, True, ("--classify", "serving_default")),
        ("", CLASSIFY, False, ("--predict", "serving_default")),
        ("", ({"x": "sparse"}, {"y": "float32[?]"}), True, ()),
    ],
)
def test_a_method_name_that_no_api_knows(saved_model, method, form, parses, options):
    check = check_model(saved_model({"serving_default": (method, *form)}, parses=parses))
    assert found(check) == [("error", "method-name", "serving_default", options)]
    assert "yes" not in taken(check, "serving_default")


def test_a_broken_promise_is_an_error_for_its_own_api_only(saved_model):
    outputs = {"classes": "int64[?]", "scores": "float64[?,3]"}
    check = check_model(saved_model({"serving_default": ("classify", {"inputs": "string[?]"}, outputs)}))
    assert [finding.rule for finding in check.findings] == [
        "classify-classes-dtype",
        "classify-classes-shape",
        "classify-scores-dtype",
    ]
    assert check.findings[0].message == "Classify refuses it: `classes` is int64; Classify takes string"
    assert taken(check, "serving_default") == ["yes", "no", "no"]


def test_renames_are_offered_only_where_they_suffice(saved_model):
    model = saved_model({"serving_default": ("regress", {"examples": "string[?]"}, {"price": "float32[?]"})})
    check = check_model(model)
    assert [finding.options for finding in check.findings] == [
        ("--rename-input", "serving_default:examples=inputs"),
        ("--rename-output", "serving_default:price=outputs"),
    ]
    wide = {"serving_default": ("regress", {"examples": "string[?]"}, {"outputs": "float32[?,2]"})}
    check = check_model(saved_model(wide, name="wide"))
    assert [(finding.rule, finding.options) for finding in check.findings] == [
        ("regress-input-key", ()),
        ("regress-output-shape", ()),
    ]
    assert check.commands == ()


def test_a_warning_does_not_take_the_verdict_away(saved_model):
    model = saved_model({"serving_default": ("regress", {"inputs": "string[1]"}, {"outputs": "float32[1]"})})
    check = check_model(model)
    assert found(check) == [("warning", "fixed-batch", "serving_default", ())]
    assert taken(check, "serving_default") == ["yes", "no", "yes"]
    assert not check.ok


def test_no_serving_default(saved_model):
    (finding,) = check_model(saved_model({"one": PREDICT})).findings
    assert (finding.rule, finding.options) == ("no-serving-default", ("--copy", "one=serving_default"))
    (finding,) = check_model(saved_model({"one": PREDICT, "two": PREDICT}, name="two")).findings
    assert (finding.options, "--copy KEY=serving_default" in finding.remedy) == ((), True)


def test_no_signatures(saved_model):
    check = check_model(saved_model({}))
    assert found(check) == [("error", "no-signatures", "", ())]


def test_bookkeeping_is_no_signature(saved_model):
    model = saved_model({"serving_default": PREDICT, "__saved_model_init_op": ("", {}, {"init": "invalid@NoOp"})})
    assert check_model(model).findings == ()


def test_unusual_keys_are_fine(saved_model):
    model = saved_model({"serving_default": PREDICT, "a b:c=d": PREDICT, "résumé": PREDICT})
    assert check_model(model).findings == ()


def test_tags(saved_model):
    (finding,) = check_model(saved_model({"serving_default": PREDICT}, tags=("serve", "gpu"))).findings
    assert (finding.rule, finding.tags) == ("no-serve-tag", None)
    assert "--saved_model_tags=gpu,serve" in finding.remedy
    (finding,) = check_model(saved_model({"serving_default": PREDICT}, name="none", tags=())).findings
    assert "there is: (none)" in finding.message


def test_a_meta_graph_for_training_is_not_judged(saved_model, meta_graph):
    def training(saved):
        meta_graph(saved, {"train": ("tensorflow/supervised/training", {}, {"loss": "float32[]"})}, ("train",))

    model = saved_model({"serving_default": PREDICT}, training)
    check = check_model(model)
    assert [(finding.rule, finding.tags) for finding in check.findings] == [("not-served", ("train",))]
    assert check.ok
    asked = check_model(model, tags=["train"])
    assert {finding.rule for finding in asked.findings} == {"method-name", "no-serving-default"}
    assert asked.commands[0][3:5] == ("--tags", "train")


def _with_graph(dtype, definitions=True):
    def change(saved):
        (one,) = saved.meta_graphs
        node = one.graph_def.node.add(name="tf_example", op="Placeholder")
        node.attr["dtype"].type = dtype
        if definitions:
            definition = one.meta_info_def.stripped_op_list.op.add(name="Placeholder")
            definition.output_arg.add(name="output", type_attr="dtype")
            definition.attr.add(name="dtype", type="type")

    return change


FLOATS = {"serving_default": ("regress", {"inputs": "float32@tf_example:0"}, {"outputs": "float32[?]"})}


@pytest.mark.parametrize("converted", [False, True])
def test_the_tensor_decides_not_what_early_tf1_declared(saved_model, converted):
    check = check_model(saved_model(FLOATS, _with_graph(7), tf2=converted))
    assert [(finding.rule, finding.severity.value) for finding in check.findings] == [("declared-dtype", "note")]
    assert taken(check, "serving_default") == ["yes", "no", "yes"]


@pytest.mark.parametrize("change", [_with_graph(1), _with_graph(7, definitions=False)])
def test_the_declaration_holds_where_the_graph_says_the_same_or_nothing(saved_model, change):
    (finding,) = check_model(saved_model(FLOATS, change, tf2=False)).findings
    assert finding.rule == "regress-input-dtype"


def test_a_tensor_that_is_not_there(saved_model):
    (finding,) = check_model(saved_model(FLOATS, tf2=False)).findings
    assert finding.rule == "regress-input-dtype"
