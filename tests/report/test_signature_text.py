from __future__ import annotations

import pytest

from migrate.report.signature_text import shape_text, signature_lines, tensor_text
from migrate.signatures.model import SignatureDef, TensorInfo


@pytest.mark.parametrize(
    ("shape", "text"), [(None, "?"), ((), "[]"), ((None, 3), "[?, 3]"), ((None,), "[?]"), ((0,), "[0]")]
)
def test_shapes(shape, text):
    assert shape_text(shape) == text


X = TensorInfo("x", "x:0", "float32", (None, 3))
SPARSE = TensorInfo("s", "", "int64", None, sparse=("i:0", "v:0", "d:0"))
PARTS = (TensorInfo("r.0", "flat:0", "string", (None,)), TensorInfo("r.1", "splits:0", "int64", (None,)))
RAGGED = TensorInfo("r", "", "invalid", None, components=PARTS)
NESTED = TensorInfo("n", "", "invalid", None, components=(RAGGED, X))


@pytest.mark.parametrize(
    ("info", "text"),
    [
        (X, "float32 [?, 3] (x:0)"),
        (SPARSE, "int64 ? (i:0, v:0, d:0)"),
        (RAGGED, "invalid ? (flat:0, splits:0)"),
        (NESTED, "invalid ? (flat:0, splits:0, x:0)"),
        (TensorInfo("o", "train/op", "invalid", ()), "operation (train/op)"),
    ],
)
def test_tensors(info, text):
    assert tensor_text(info) == text


def test_a_signature():
    signature = SignatureDef("k", "m", (X,), (SPARSE,), (("x", b"12345"),))
    assert signature_lines(signature) == [
        "signature k",
        "  method_name m",
        "  input x: float32 [?, 3] (x:0)",
        "  output s: int64 ? (i:0, v:0, d:0)",
        "  default of x: 5 bytes",
    ]
    assert signature_lines(SignatureDef("k", "", (), ())) == ["signature k", "  method_name (none)"]
