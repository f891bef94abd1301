from __future__ import annotations

from pathlib import Path

import pytest

from migrate.report.proof_page.versions import Versions
from migrate.verify.histogram import EDGES, ErrorHistogram
from migrate.verify.results import (
    Comparison,
    ContractDifference,
    FirstDifference,
    Location,
    OutputComparison,
    SignatureComparison,
    Status,
)
from migrate.verify.scripts.results import (
    Carried,
    Export,
    ExportKind,
    ExportPair,
    Interpreter,
    Isolation,
    Run,
    ScriptComparison,
)


def counts(*, zero=0, not_finite=0, **at):
    """A histogram's counts: `at` by the number of the edge that they are just above, as `e3=5`."""
    bins = [0] * (len(EDGES) + 1)
    for name, number in at.items():
        bins[int(name[1:]) + 1] = number
    return (zero, *bins, not_finite)


@pytest.fixture(name="counts")
def _counts():
    return counts


@pytest.fixture
def equal() -> SignatureComparison:
    histogram = ErrorHistogram(counts(zero=6, e5=2), counts(zero=6, e5=2))
    output = OutputComparison("scores", "float32", Status.EQUAL, 8, 1.5e-7, 2e-7, histogram=histogram)
    return SignatureComparison("same", Status.EQUAL, "tensorflow/serving/predict", ("1 row", "3 rows"), (output,))


@pytest.fixture
def different(equal) -> SignatureComparison:
    wrong = OutputComparison(
        "wrong",
        "float32",
        Status.DIFFERENT,
        1234,
        0.25,
        1.0,
        FirstDifference("3 rows", (2, 0), 0.5, "<img src=x>", 3, 9),
        ("it changes from call to call",),
        ErrorHistogram(counts(zero=1000, e11=234), counts(zero=1000, e12=230, not_finite=4)),
        Location("dense/MatMul", "call/MatMul", "MatMul", "MatMul", True, 0.5, None, "the numbers part at MatMul"),
    )
    contract = (
        ContractDifference("other", "method_name", "the method names are not the same"),
        ContractDifference("other", "shape", "the shapes are compatible", False),
    )
    return SignatureComparison(
        "other",
        Status.DIFFERENT,
        "m",
        ("3 rows",),
        (*equal.outputs, wrong),
        contract,
        ("only one raises",),
        ("a hint",),
    )


@pytest.fixture
def models(equal, different) -> Comparison:
    return Comparison("models/old", "models/new", ("serve",), 3, (equal, different), notes=("a note on both",))


@pytest.fixture
def scripts(models, equal) -> ScriptComparison:
    def export(name, **more):
        return Export(ExportKind.SAVED_MODEL, name, Path("/gone"), **more)

    def run(script, interpreter, *exports, notes=()):
        return Run(Path(script), interpreter, Isolation.NAMESPACE, 2.345, exports, notes)

    before = run(
        "before.py",
        Interpreter(Path("/one/python"), "3.7.16", "1.15.5"),
        export("{out}/a"),
        export("b"),
        notes=("its clock stands still",),
    )
    after = run("after.py", Interpreter(Path("/two/python"), "3.11.9", "2.21.0"), export("{out}/a", times=3))
    first = ExportPair(
        before.exports[0],
        after.exports[0],
        "the same path",
        (Comparison("{out}/a", "{out}/a", ("gpu", "serve"), 3, (equal,)),),
        (Carried("dense/kernel", "dense/kernel", True), Carried("other/bias", "dense/bias", False)),
        notes=("training is not compared",),
    )
    second = ExportPair(before.exports[1], None, "", differences=("only BEFORE exports b",))
    return ScriptComparison(before, after, (first, second), ("said of both",))


@pytest.fixture
def versions() -> Versions:
    return Versions("0.9", "2.99.0", "2.88.1", "3.13.7", "Linux-x", "2030-01-02 03:04:05 UTC", "/here <&>")
