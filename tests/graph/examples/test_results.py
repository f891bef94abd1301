from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.results import Column, plan_classification, plan_regression
from migrate.graph.examples.wrapping import Wrapping
from migrate.signatures.contract import Api
from migrate.signatures.model import SignatureDef, TensorInfo

OUTPUTS = {
    "p": ("float32", (None, 3)),
    "wide": ("float64", (None, None)),
    "one": ("bfloat16", (None,)),
    "column": ("float32", (None, 1)),
    "any": ("float16", None),
    "id": ("int64", (None,)),
    "ids": ("int8", (None, 3)),
    "text": ("string", (None, 3)),
    "flag": ("bool", (None,)),
    "total": ("float32", ()),
    "cube": ("float32", (None, 2, 2)),
    "ten": ("float32", (10,)),
}
SIGNATURE = SignatureDef("k", "", (), tuple(TensorInfo(key, f"{key}:0", *what) for key, what in OUTPUTS.items()))


def classified(batch=None, **options):
    return plan_classification(SIGNATURE, Wrapping("k", Api.CLASSIFY, (), **options), batch)


@pytest.mark.parametrize(
    ("options", "width"),
    [
        ({"scores": "p"}, 3),
        ({"scores": "wide"}, None),
        ({"scores": "any"}, None),
        ({"scores": "one"}, 1),
        ({"classes": "text"}, 3),
        ({"classes": "id"}, 1),
        ({"classes": "ids", "vocabulary": (b"a", b"b")}, 3),
        ({"scores": "p", "classes": "ids"}, 3),
        ({"scores": "wide", "classes": "text"}, 3),
        ({"scores": "wide", "vocabulary": (b"a", b"b")}, 2),
        ({"scores": "p", "vocabulary": (b"a", b"b", b"c")}, 3),
        ({"scores": "one", "classes": "id"}, 1),
    ],
)
def test_widths(options, width):
    assert classified(**options).width == width


def test_a_batch_that_is_known():
    assert classified(10, scores="ten").scores == Column("ten", "float32", 1, 1)
    assert plan_regression(SIGNATURE, "column", 4) == Column("column", "float32", 2, 1)


@pytest.mark.parametrize("key", ["one", "column", "any", "wide"])
def test_regressions(key):
    assert plan_regression(SIGNATURE, key, None).key == key


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scores": "q"}, "--scores `q`: there is no such output, only `p`, `wide`"),
        ({"scores": "total"}, r"--scores `total` has shape \[\]; \[batch\] or \[batch, N\] is needed"),
        ({"scores": "cube"}, r"shape \[\?,2,2\]"),
        ({"scores": "ten"}, r"--scores `ten` has shape \[10\]: its first dimension is not the batch \(of any size\)"),
        ({"scores": "ten", "batch": 4}, r"not the batch \(of 4\)"),
        ({"scores": "id"}, "--scores `id` is int64; a floating-point output"),
        ({"scores": "text"}, "--scores `text` is string"),
        ({"classes": "p"}, "--classes `p` is float32; classes are text or integer ids"),
        ({"classes": "flag"}, "--classes `flag` is bool"),
        ({"classes": "text", "vocabulary": (b"a",)}, "`text` has the classes as text already"),
        ({"scores": "p", "classes": "id"}, "an example has 1 of the classes and 3 of the scores.*give only the file"),
        ({"scores": "p", "vocabulary": (b"a",)}, "classes in the vocabulary: 1, scores of an example in `p`: 3; list"),
        (
            {"scores": "one", "vocabulary": (b"a", b"b")},
            r"classes in the vocabulary: 2, scores of an example in `one`: 1; .*tf\.concat",
        ),
    ],
)
def test_what_does_not_fit_classify(options, message):
    with pytest.raises(MigrateError, match=message):
        classified(**options)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("p", "--outputs `p` has 3 values an example; Regress returns one"),
        ("id", "--outputs `id` is int64"),
        ("total", r"shape \[\]"),
        ("ten", "its first dimension is not the batch"),
        ("none", "no such output"),
    ],
)
def test_what_does_not_fit_regress(key, message):
    with pytest.raises(MigrateError, match=message):
        plan_regression(SIGNATURE, key, None)


@pytest.mark.parametrize(
    ("info", "what"),
    [
        (TensorInfo("y", "", "float32", None, sparse=("i:0", "v:0", "s:0")), "is a sparse tensor"),
        (TensorInfo("y", "op", "invalid", None), "is an operation"),
    ],
)
def test_outputs_that_are_no_dense_tensors(info, what):
    with pytest.raises(MigrateError, match=f"--outputs `y` {what}; a dense one"):
        plan_regression(SignatureDef("k", "", (), (info,)), "y", None)
