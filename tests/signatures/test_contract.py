"""The demands of TensorFlow Serving's APIs, one by one."""

from __future__ import annotations

import pytest

from migrate.signatures.contract import Api, Severity, api_of, takes_method_name, violations
from migrate.signatures.model import SignatureDef, TensorInfo

BATCH = (None,)
MATRIX = (None, 3)


def tensor(key, dtype="float32", shape=MATRIX, name=None):
    return TensorInfo(key, f"{key}:0" if name is None else name, dtype, shape)


def sparse(key):
    return TensorInfo(key, "", "float32", MATRIX, sparse=("i:0", "v:0", "s:0"))


def ragged(key):
    return TensorInfo(key, "", "float32", MATRIX, components=(tensor("v"), tensor("s", "int64")))


def signature(inputs, outputs, key="k"):
    return SignatureDef(key, "", tuple(inputs), tuple(outputs))


EXAMPLES = tensor("inputs", "string", BATCH)
CLASSES, SCORES = tensor("classes", "string"), tensor("scores")
OUTPUTS = tensor("outputs", shape=BATCH)


def rules(inputs, outputs, api):
    return {(found.rule, str(found.severity)) for found in violations(signature(inputs, outputs), api)}


@pytest.mark.parametrize(
    ("api", "outputs"),
    [
        (Api.CLASSIFY, [CLASSES, SCORES]),
        (Api.CLASSIFY, [SCORES]),
        (Api.CLASSIFY, [CLASSES]),
        (Api.CLASSIFY, [SCORES, tensor("more", "int64")]),  # never fetched
        (Api.CLASSIFY, [tensor("scores", shape=None)]),
        (Api.CLASSIFY, [tensor("classes", "string", (None, None)), SCORES]),
        (Api.REGRESS, [OUTPUTS]),
        (Api.REGRESS, [tensor("outputs", shape=(None, 1))]),
        (Api.REGRESS, [tensor("outputs", shape=(None, None))]),
        (Api.REGRESS, [tensor("outputs", shape=None)]),
        (Api.PREDICT, [tensor("y", "int64", ())]),
        (Api.PREDICT, [CLASSES, SCORES]),
    ],
)
def test_what_is_taken(api, outputs):
    assert rules([EXAMPLES], outputs, api) == set()


def test_predict_takes_no_inputs_and_a_name_without_a_port():
    assert rules([], [tensor("y")], Api.PREDICT) == set()
    # As the guide to SignatureDefs spells them; a session takes the first output.
    named = tensor("inputs", "string", BATCH, name="examples"), tensor("outputs", shape=BATCH, name="y")
    assert rules(named[:1], named[1:], Api.REGRESS) == set()


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        ([], [], {("predict-outputs", "error")}),
        ([sparse("x")], [SCORES], {("input-encoding", "error")}),
        ([ragged("x")], [SCORES], {("input-encoding", "error")}),
        ([], [sparse("y")], {("output-encoding", "error")}),
        ([], [sparse("y"), SCORES], {("output-encoding", "warning")}),
        ([], [sparse("y"), ragged("z")], {("output-encoding", "error")}),
        ([], [tensor("y", "invalid", None, name="train")], {("output-tensor", "error")}),
        ([], [tensor("y", "invalid", None, name="train"), SCORES], {("output-tensor", "warning")}),
        ([tensor("x", name="")], [SCORES], {("input-tensor", "error")}),
        ([tensor("x", "resource", ())], [SCORES], {("input-tensor", "error")}),
        ([tensor("a", name="x:0"), tensor("b", name="x")], [SCORES], {("predict-shared-input", "error")}),
        ([tensor("x")], [tensor("y", name="x:0")], {("fed-and-fetched", "error")}),
        ([tensor("x")], [tensor("y", name="x"), SCORES], {("fed-and-fetched", "warning")}),
    ],
)
def test_what_predict_refuses(inputs, outputs, expected):
    assert rules(inputs, outputs, Api.PREDICT) == expected


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        ([EXAMPLES, tensor("x")], [SCORES], {("classify-input-count", "error")}),
        ([], [SCORES], {("classify-input-count", "error")}),
        ([tensor("examples", "string", BATCH)], [SCORES], {("classify-input-key", "error")}),
        ([tensor("inputs")], [SCORES], {("classify-input-dtype", "error")}),
        ([sparse("inputs")], [SCORES], {("classify-input-dtype", "error")}),
        ([tensor("inputs", "string", ())], [SCORES], {("classify-input-shape", "warning")}),
        ([tensor("inputs", "string", (None, 1))], [SCORES], {("classify-input-shape", "warning")}),
        ([EXAMPLES], [], {("classify-output-count", "error"), ("classify-output-keys", "error")}),
        ([EXAMPLES], [CLASSES, SCORES, OUTPUTS], {("classify-output-count", "error")}),
        ([EXAMPLES], [tensor("y")], {("classify-output-keys", "error")}),
        ([EXAMPLES], [tensor("classes", "int64")], {("classify-classes-dtype", "error")}),
        ([EXAMPLES], [tensor("scores", "float64")], {("classify-scores-dtype", "error")}),
        ([EXAMPLES], [tensor("classes", "string", BATCH)], {("classify-classes-shape", "error")}),
        ([EXAMPLES], [tensor("scores", shape=(None, 3, 1))], {("classify-scores-shape", "error")}),
        ([EXAMPLES], [CLASSES, tensor("scores", shape=(None, 2))], {("classify-width", "error")}),
        ([EXAMPLES], [sparse("scores")], {("output-encoding", "error")}),
        ([EXAMPLES], [tensor("scores", shape=(1, 3))], {("fixed-batch", "warning")}),
        ([tensor("inputs", "string", (4,))], [SCORES], {("fixed-batch", "warning")}),
        (
            [EXAMPLES],
            [tensor("classes", "string", (1, 3)), tensor("scores", shape=(2, 3))],
            {("batch-mismatch", "error")},
        ),
        ([EXAMPLES], [tensor("classes", "string", name="inputs:0")], {("fed-and-fetched", "error")}),
    ],
)
def test_what_classify_refuses(inputs, outputs, expected):
    assert rules(inputs, outputs, Api.CLASSIFY) == expected


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        ([EXAMPLES, tensor("x")], [OUTPUTS], {("regress-input-count", "error")}),
        ([tensor("examples", "string", BATCH)], [OUTPUTS], {("regress-input-key", "error")}),
        ([tensor("inputs")], [OUTPUTS], {("regress-input-dtype", "error")}),
        ([tensor("inputs", "string", ())], [OUTPUTS], {("regress-input-shape", "warning")}),
        ([EXAMPLES], [], {("regress-output-count", "error"), ("regress-output-key", "error")}),
        ([EXAMPLES], [OUTPUTS, SCORES], {("regress-output-count", "error")}),
        ([EXAMPLES], [SCORES], {("regress-output-key", "error")}),
        ([EXAMPLES], [tensor("outputs", "float64", BATCH)], {("regress-output-dtype", "error")}),
        ([EXAMPLES], [tensor("outputs", shape=())], {("regress-output-shape", "error")}),
        ([EXAMPLES], [tensor("outputs", shape=(None, 2))], {("regress-output-shape", "error")}),
        ([EXAMPLES], [tensor("outputs", shape=(None, 1, 1))], {("regress-output-shape", "error")}),
        ([EXAMPLES], [ragged("outputs")], {("output-encoding", "error")}),
        ([EXAMPLES], [tensor("outputs", shape=(1,))], {("fixed-batch", "warning")}),
        (
            [EXAMPLES],
            [tensor("outputs", "string", BATCH, name="inputs:0")],
            {("fed-and-fetched", "error"), ("regress-output-dtype", "error")},
        ),
    ],
)
def test_what_regress_refuses(inputs, outputs, expected):
    assert rules(inputs, outputs, Api.REGRESS) == expected


def found(inputs, outputs, api):
    return violations(signature(inputs, outputs, "my key"), api)


def test_renames_are_offered_where_they_leave_no_doubt():
    (one,) = found([tensor("examples", "string", BATCH)], [SCORES], Api.CLASSIFY)
    assert one.options == ("--rename-input", "my key:examples=inputs")
    (one,) = found([EXAMPLES], [tensor("label", "string"), tensor("p")], Api.CLASSIFY)
    assert one.options == ("--rename-output", "my key:label=classes", "--rename-output", "my key:p=scores")
    (one,) = found([EXAMPLES], [tensor("price", shape=(None, 1))], Api.REGRESS)
    assert one.options == ("--rename-output", "my key:price=outputs")


def test_no_rename_that_would_not_help():
    (one,) = found([EXAMPLES], [tensor("a"), tensor("b")], Api.CLASSIFY)
    assert (one.options, "--classify my key --scores" in one.remedy) == ((), True)
    (one,) = found([EXAMPLES], [tensor("price", "float64", BATCH)], Api.REGRESS)
    assert one.options == ()
    both = found([tensor("x")], [SCORES], Api.CLASSIFY)
    assert [(v.rule, v.options) for v in both] == [("classify-input-dtype", ()), ("classify-input-key", ())]


def test_method_names():
    assert [api.method_name for api in Api] == [
        f"tensorflow/serving/{api}" for api in ("predict", "classify", "regress")
    ]
    assert [api.title for api in Api] == ["Predict", "Classify", "Regress"]
    assert api_of("tensorflow/serving/regress") is Api.REGRESS
    assert api_of("") is None
    assert takes_method_name(Api.PREDICT, "tensorflow/serving/classify")
    assert not takes_method_name(Api.CLASSIFY, "tensorflow/serving/predict")
    assert not takes_method_name(Api.PREDICT, "")


def test_severities_are_words():
    assert [str(severity) for severity in Severity] == ["error", "warning"]
