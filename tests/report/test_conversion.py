from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from migrate.graph.convert import Conversion
from migrate.graph.state import Variable
from migrate.report.conversion import render_text, to_json
from migrate.verify.results import Comparison, OutputComparison, SignatureComparison, Status


@pytest.fixture
def conversion():
    output = OutputComparison("y", "float32", Status.EQUAL, 6, 2e-7, 1e-7)
    signature = SignatureComparison(
        "serving_default", Status.EQUAL, "tensorflow/serving/predict", ("1 row",), (output,)
    )
    return Conversion(
        source=Path("old"),
        out=Path("new"),
        tags=("serve",),
        signatures=("serving_default",),
        variables=(
            Variable("w", ("w",), True, "float32", (3, 2), True, False, None),
            Variable("n", ("n",), False, "int64", (), False, False, None),
        ),
        tables=1,
        assets=2,
        notes=("a thing to know",),
        comparison=Comparison("old", "new", ("serve",), 0, (signature,)),
    )


def test_what_was_written_and_proved(conversion):
    assert render_text(conversion).splitlines() == [
        "written: new",
        "  1 signature (serving_default); 2 variables, 1 trainable (1 had been reference variables); 1 lookup table; "
        "2 asset files",
        "  proved equal to the source: signatures and numbers, largest absolute error 2e-07",
        "  note: a thing to know",
    ]


def test_without_a_proof(conversion):
    assert "not compared with the source (--no-verify)" in render_text(replace(conversion, comparison=None))


def test_a_proof_that_failed_shows_why_and_that_nothing_was_written(conversion):
    signature = replace(conversion.comparison.signatures[0], status=Status.DIFFERENT, reasons=("because",))
    failed = replace(conversion, out=None, comparison=replace(conversion.comparison, signatures=(signature,)))
    text = render_text(failed)
    assert "serving_default: because" in text
    assert text.splitlines()[-1] == "not written: it would not do what the source does"


def test_names_cannot_forge_lines(conversion):
    assert len(render_text(replace(conversion, signatures=("a\nwritten: elsewhere",))).splitlines()) == 4


def test_json(conversion):
    data = json.loads(to_json(conversion))
    docs = (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")
    section = docs[docs.index("convert --format json") :]
    assert all(f"`{key}`" in section for key in data)
    assert data["version"] == 1
    assert data["variables"][0] == {
        "name": "w",
        "dtype": "float32",
        "shape": [3, 2],
        "trainable": True,
        "was_reference": True,
    }
    assert data["verification"]["equal"] is True
    assert json.loads(to_json(replace(conversion, out=None, comparison=None)))["verification"] is None
