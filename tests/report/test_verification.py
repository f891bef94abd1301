import json
import math
from dataclasses import replace

import numpy as np
import pytest

from migrate.report.verification import render_text, to_json, verdict
from migrate.verify import (
    Comparison,
    ContractDifference,
    FirstDifference,
    Location,
    OutputComparison,
    SignatureComparison,
    Status,
)
from migrate.verify.histogram import count_errors

SAME = OutputComparison("y", "float32", Status.EQUAL, 8, 1.5e-7, 2e-7)
OTHER = OutputComparison(
    "z",
    "float32",
    Status.DIFFERENT,
    4,
    math.inf,
    math.inf,
    FirstDifference("3 rows", (2, 0), math.nan, 1.0, 1, 4),
)
EQUAL = SignatureComparison("a", Status.EQUAL, "m", ("1 row", "3 rows"), (SAME,))
DIFFERENT = SignatureComparison(
    "b",
    Status.DIFFERENT,
    "m",
    ("3 rows",),
    (SAME, OTHER),
    (
        ContractDifference("b", "shape", "input 'x': shapes"),
        ContractDifference("b", "shape", "compatible", False),
    ),
    ("only one raises",),
    ("both refused",),
)
UNPROVED = SignatureComparison("c", Status.NOT_PROVED, "m", reasons=("neither ran",))


def comparison(*signatures, **more) -> Comparison:
    return Comparison("A", "B", ("serve",), 0, signatures, **more)


LOCATED = replace(
    OTHER,
    histogram=count_errors(np.array([0.0, 0.0, 0.5, math.inf]), np.array([0.0, 0.0, 0.5, math.inf])),
    location=Location("a/Relu", "b/Tanh", "Relu", "Tanh", True, 0.5, math.nan, "the numbers part at Relu"),
)


def test_a_location_is_said_once():
    located = replace(DIFFERENT, outputs=(LOCATED, replace(LOCATED, name="w")))
    lines = render_text(comparison(located)).splitlines()
    assert "b: output 'z': the numbers part at Relu" in lines
    assert "b: output 'w': for the same reason as output 'z'" in lines
    assert "b: output 'z': absolute errors: 2 x 0, 1 x 0.1 to 1, 1 x not finite" in lines


def test_json_has_location_and_histogram():
    (signature,) = json.loads(to_json(comparison(replace(DIFFERENT, outputs=(SAME, LOCATED)))))["signatures"]
    same, located = signature["outputs"]
    assert same["location"] is None
    assert same["histogram"] is None
    assert located["location"] == {
        "a_node": "a/Relu",
        "b_node": "b/Tanh",
        "op_a": "Relu",
        "op_b": "Tanh",
        "inputs_agree": True,
        "a_value": 0.5,
        "b_value": "nan",
        "message": "the numbers part at Relu",
    }
    histogram = located["histogram"]
    assert len(histogram["edges"]) + 3 == len(histogram["absolute"]) == len(histogram["relative"])
    assert sum(histogram["absolute"]) == 4


def test_equal():
    text = render_text(comparison(EQUAL))
    assert text.splitlines()[-1] == "equal: 1 signature, 1 output, largest absolute error 1.5e-07"
    assert "\x1b" not in text


def test_details():
    text = render_text(comparison(EQUAL, DIFFERENT, UNPROVED, notes=("same",)))
    for line in (
        "b: input 'x': shapes",
        "b: note: compatible",
        "b: only one raises",
        "b: output 'z' differs first at [2, 0]: nan and 1.0",
        "b: output 'z': 1 of 4 elements differ in sample set '3 rows', max abs error inf, max rel error inf",
        "b: note: both refused",
        "c: neither ran",
        "note: same",
        "different: 1 of 3 signatures (b)",
    ):
        assert line in text.splitlines()


def test_verdicts():
    assert verdict(comparison(EQUAL, UNPROVED)) == "not proved: 1 of 2 signatures (c)"
    assert verdict(comparison(reasons=("nothing to compare",))) == "not proved: nothing to compare"
    many = [replace(DIFFERENT, key=str(i)) for i in range(7)]
    assert verdict(comparison(*many)).endswith("(0, 1, 2, 3, 4, ...)")


@pytest.mark.parametrize(
    ("signatures", "reasons", "status"),
    [
        ((), (), Status.NOT_PROVED),
        ((EQUAL,), (), Status.EQUAL),
        ((EQUAL,), ("doubt",), Status.NOT_PROVED),
        ((EQUAL, UNPROVED), (), Status.NOT_PROVED),
        ((EQUAL, UNPROVED, DIFFERENT), (), Status.DIFFERENT),
    ],
)
def test_status_of_the_whole(signatures, reasons, status):
    whole = comparison(*signatures, reasons=reasons)
    assert whole.status is status
    assert whole.equal == (status is Status.EQUAL)


def test_colour_and_control_characters():
    evil = replace(EQUAL, key="a\x1b[31m\n", notes=("line\nbreak",))
    text = render_text(comparison(evil), colour=True)
    assert "\x1b[32m" in text
    assert "\x1b[31m" not in text
    assert "line\\x0abreak" in text


def test_json():
    text = to_json(comparison(EQUAL, DIFFERENT))
    data = json.loads(text, parse_constant=pytest.fail)
    assert (data["version"], data["equal"], data["status"]) == (1, False, "different")
    first = data["signatures"][1]["outputs"][1]["first_difference"]
    assert first == {"sample": "3 rows", "index": [2, 0], "a": "nan", "b": 1.0, "count": 1, "of": 4}
    assert data["signatures"][1]["outputs"][1]["max_abs_error"] == "inf"
    assert data["summary"] == {
        "signatures": 2,
        "equal": 1,
        "different": 1,
        "not_proved": 0,
        "verdict": "different: 1 of 2 signatures (b)",
    }
