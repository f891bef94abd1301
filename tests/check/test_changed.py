"""What a client notices of one signature."""

from __future__ import annotations

import pytest

from migrate.check.changed import signature_differences
from migrate.signatures.model import SignatureDef, TensorInfo

PREDICT, REGRESS = "tensorflow/serving/predict", "tensorflow/serving/regress"


def tensor(key, dtype="float32", shape=(None, 3)):
    return TensorInfo(key, f"{key}:0", dtype, shape)


def signature(inputs, outputs, defaults=(), method=PREDICT):
    return SignatureDef("k", method, tuple(inputs), tuple(outputs), tuple(defaults))


X, Y = tensor("x"), tensor("y")


def found(old, new):
    return [(one.rule, str(one.severity), one.options) for one in signature_differences(old, new)[0]]


def test_no_difference():
    assert found(signature([X], [Y]), signature([X], [Y])) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (signature([X], [Y]), signature([], [Y]), [("missing-input", "error", ())]),
        (signature([X], [Y]), signature([X], []), [("missing-output", "error", ())]),
        (signature([], [Y]), signature([X], [Y]), [("new-input", "error", ())]),
        (signature([], [Y]), signature([X], [Y], [("x", b"1")]), [("new-input", "note", ())]),
        (
            signature([X], [Y]),
            signature([X, tensor("z")], [Y], [("z", b"1")]),
            [("new-input", "note", ()), ("rest-format", "warning", ())],
        ),
        (signature([X], [Y]), signature([X], [Y, X]), [("new-output", "note", ()), ("rest-format", "warning", ())]),
        (signature([X], [Y, X]), signature([X], [Y, X, tensor("z")]), [("new-output", "note", ())]),
        (
            signature([X], [Y]),
            signature([X], [tensor("output_0")]),
            [("renamed-output", "error", ("--rename-output", "k:output_0=y"))],
        ),
        (
            signature([X], [Y]),
            signature([tensor("keras_tensor")], [Y]),
            [("renamed-input", "error", ("--rename-input", "k:keras_tensor=x"))],
        ),
        (
            signature([X], [Y]),
            signature([X], [tensor("a"), tensor("b")]),
            [
                ("missing-output", "error", ()),
                ("new-output", "note", ()),
                ("new-output", "note", ()),
                ("rest-format", "warning", ()),
            ],
        ),
        (
            signature([X], [Y]),
            signature([X], [tensor("z", "int64")]),
            [("missing-output", "error", ()), ("new-output", "note", ())],
        ),
        (signature([X], [Y]), signature([tensor("x", "float64")], [Y]), [("changed-dtype", "error", ())]),
    ],
)
def test_inputs_and_outputs(old, new, expected):
    assert found(old, new) == expected


@pytest.mark.parametrize(
    ("what", "old", "new", "expected"),
    [
        ("input", (None, 3), None, [("changed-shape", "note", ())]),
        ("input", (1, 3), (None, 3), [("changed-shape", "note", ())]),
        ("input", None, (None, 3), [("changed-shape", "warning", ())]),
        ("input", (None, None), (None, 3), [("changed-shape", "warning", ())]),
        ("input", (None, 3), (1, 3), [("changed-shape", "error", ())]),
        ("input", (None, 3), (None, 4), [("changed-shape", "error", ())]),
        ("output", (None, 3), None, [("changed-shape", "note", ())]),
        ("output", None, (None, 3), [("changed-shape", "note", ())]),
        ("output", (None, 3), (1, 3), [("changed-shape", "note", ())]),
        ("output", (None, 3), (None,), [("changed-shape", "error", ())]),
    ],
)
def test_shapes(what, old, new, expected):
    if what == "input":
        before, after = signature([tensor("x", shape=old)], [Y]), signature([tensor("x", shape=new)], [Y])
    else:
        before, after = signature([X], [tensor("y", shape=old)]), signature([X], [tensor("y", shape=new)])
    assert found(before, after) == expected


def test_examples_are_vectors_whatever_tf1_declared():
    old = signature([tensor("inputs", "string", None)], [Y], method=REGRESS)
    assert found(old, signature([tensor("inputs", "string", (None,))], [Y])) == []
    assert found(old, signature([tensor("inputs", "string", (1,))], [Y])) == [("changed-shape", "error", ())]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([("x", b"1")], [], [("changed-default", "error", ())]),
        ([], [("x", b"1")], [("changed-default", "note", ())]),
        ([("x", b"1")], [("x", b"2")], [("changed-default", "error", ())]),
        ([("x", b"1")], [("x", b"1")], []),
    ],
)
def test_defaults(old, new, expected):
    assert found(signature([X], [Y], old), signature([X], [Y], new)) == expected


def test_a_renamed_input_keeps_its_default():
    old, new = signature([X], [Y], [("x", b"1")]), signature([tensor("z")], [Y], [("z", b"1")])
    differences, renamed = signature_differences(old, new)
    assert [one.rule for one in differences] == ["renamed-input"]
    assert (renamed.inputs[0].key, renamed.defaults) == ("x", (("x", b"1"),))


def test_encodings():
    sparse = TensorInfo("x", "", "float32", (None, 3), sparse=("i:0", "v:0", "s:0"))
    parts = (tensor("x.0"), tensor("x.1", "int64", (None,)))
    ragged = TensorInfo("x", "", "float32", None, components=parts)
    deeper = TensorInfo("x", "", "float32", None, components=(*parts, parts[1]))
    other = TensorInfo("x", "", "float32", None, components=(tensor("x.0", "float64"), parts[1]))
    assert found(signature([sparse], [Y]), signature([X], [Y])) == [("changed-encoding", "error", ())]
    assert found(signature([ragged], [Y]), signature([deeper], [Y])) == [("changed-encoding", "error", ())]
    assert found(signature([ragged], [Y]), signature([other], [Y])) == [("changed-dtype", "error", ())]
    assert found(signature([ragged], [Y]), signature([ragged], [Y])) == []
