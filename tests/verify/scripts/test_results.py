from pathlib import Path

from migrate.verify.results import Comparison, SignatureComparison, Status
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

MODEL = Export(ExportKind.SAVED_MODEL, "m", Path("m"))
RUN = Run(Path("s.py"), Interpreter(Path("python"), "3.7", "1.15.5"), Isolation.NONE, 1.0, (MODEL,))


def models(status: Status) -> Comparison:
    return Comparison("a", "b", ("serve",), 0, (SignatureComparison("s", status, ""),))


def pair(*statuses: Status, **more) -> ExportPair:
    return ExportPair(MODEL, MODEL, "the same path", tuple(map(models, statuses)), **more)


def test_a_pair_is_as_bad_as_its_worst_meta_graph():
    assert pair(Status.EQUAL).status is Status.EQUAL
    assert pair(Status.EQUAL, Status.DIFFERENT).status is Status.DIFFERENT
    assert pair(Status.EQUAL, reasons=("far away",)).status is Status.NOT_PROVED
    assert pair(Status.EQUAL, differences=("missing",)).status is Status.DIFFERENT
    assert pair().status is Status.NOT_PROVED


def test_scripts_are_as_bad_as_their_worst_pair():
    assert ScriptComparison(RUN, RUN, (pair(Status.EQUAL),)).equal
    assert not ScriptComparison(RUN, RUN, (pair(Status.EQUAL), pair())).equal
    assert not ScriptComparison(RUN, RUN, ()).equal
    carried = Carried("w", "w", by_name=True)
    assert ScriptComparison(RUN, RUN, (pair(carried=(carried,)), pair())).carried == (carried,)


def test_an_interpreter_as_text():
    assert str(Interpreter(Path("/p"), "3.11", "2.21", as_v1=True)) == "TensorFlow 2.21 as compat.v1 (Python 3.11, /p)"
