from __future__ import annotations

import math
from dataclasses import replace

import pytest

from migrate.report.proof_page.wording import (
    MARKS,
    index_text,
    largest,
    number_text,
    tolerances,
    value_text,
    worst_first,
)
from migrate.verify.results import Status


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (0.0, "0"), (1.2345e-7, "1.23e-07"), (math.inf, "inf"), (math.nan, "nan")]
)
def test_numbers(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [("a\nb", "'a\\nb'"), (0.1, "0.1"), (True, "True"), (math.nan, "nan"), ("", "''")]
)
def test_values(value, text):
    assert value_text(value) == text


def test_a_long_value_says_how_long_it_is():
    text = value_text("x" * 5000)
    assert text.endswith("... (5,002 characters)")
    assert len(text) < 350


def test_places():
    assert index_text((2, 0)) == "[2, 0]"
    assert index_text(()) == "[] (a scalar)"


def test_largest():
    assert largest([None, 1.0, 3.0, 2.0]) == 3.0
    assert largest([None]) is None


def test_the_worst_comes_first_and_has_a_sign_of_its_own():
    assert sorted(Status, key=worst_first) == [Status.DIFFERENT, Status.NOT_PROVED, Status.EQUAL]
    assert len({MARKS[status] for status in Status}) == len(Status)


def test_tolerances_of_the_dtypes_that_occur(equal):
    (output,) = equal.outputs
    found = tolerances([output, replace(output, dtype="int64"), replace(output, dtype="float64"), output])
    assert found == [
        ("float32", "|x - y| <= 1e-06 + 1e-05 max(|x|, |y|) + 7.6e-06 s"),
        ("float64", "|x - y| <= 1e-09 + 1e-09 max(|x|, |y|)"),
    ]
    assert tolerances([replace(output, dtype="string")]) == []
