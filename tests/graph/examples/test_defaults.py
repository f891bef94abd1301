from __future__ import annotations

import math

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.defaults import default_of_json, default_of_text
from migrate.graph.examples.spec import Default


@pytest.mark.parametrize(
    ("value", "dtype", "default"),
    [
        (3, "float32", Default((3.0,), ())),
        ([[1, 2], [3, 4]], "int64", Default((1, 2, 3, 4), (2, 2))),
        (["a", "ü"], "string", Default((b"a", "ü".encode()), (2,))),
        (-(2**63), "int64", Default((-(2**63),), ())),
        (math.inf, "float32", Default((math.inf,), ())),
    ],
)
def test_json(value, dtype, default):
    assert default_of_json(value, dtype, "x") == default


@pytest.mark.parametrize(
    ("value", "dtype", "message"),
    [
        ("a", "float32", "'a' is no float32"),
        (True, "int64", "True is no int64"),
        (1.0, "int64", "1.0 is no int64"),
        (2**63, "int64", "is no int64"),
        (1e39, "float32", r"1e\+39 is no float32"),
        (10**400, "float32", "is no float32"),
        (1, "string", "1 is no string"),
        ([[1], [2, 3]], "int64", "lists of different lengths"),
        ([1, [2]], "int64", "lists of different lengths"),
        ([], "int64", "an empty list"),
        ({}, "string", "{} is no string"),
    ],
)
def test_what_is_no_default(value, dtype, message):
    with pytest.raises(MigrateError, match=message):
        default_of_json(value, dtype, "x")


def test_text():
    assert default_of_text("1e3", "float32", "x") == Default((1000.0,), ())
    assert default_of_text("[1, 2]", "int64", "x") == Default((1, 2), (2,))
    # A command line's bytes that are no text are kept.
    assert default_of_text("\udcff", "string", "x") == Default((b"\xff",), ())
    with pytest.raises(MigrateError, match="is no JSON list"):
        default_of_text("[1, 2", "int64", "x")
