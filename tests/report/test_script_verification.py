from dataclasses import replace
from pathlib import Path

from migrate.report.script_verification import render_text, verdict
from migrate.verify.results import Comparison, OutputComparison, SignatureComparison, Status
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

MODEL = Export(ExportKind.SAVED_MODEL, "{out}/1", Path("/tmp/x"), 2)
BEFORE = Run(
    Path("old.py"),
    Interpreter(Path("/py37"), "3.7.16", "1.15.5"),
    Isolation.NAMESPACE,
    1.25,
    (MODEL,),
    ("{out}/1 was written 2 times; what was written last counts",),
)
AFTER = Run(Path("new.py"), Interpreter(Path("/py311"), "3.11.7", "2.21.0"), Isolation.NAMESPACE, 3.0, (MODEL,))


def models(status: Status) -> Comparison:
    output = OutputComparison("y", "float32", status, 4, 0.0, 0.0, reasons=() if status is Status.EQUAL else ("so",))
    signature = SignatureComparison("serving_default", status, "", ("1 row",), (output,))
    return Comparison("{out}/1", "{out}/1", ("serve",), 0, (signature,))


EQUAL = ExportPair(MODEL, MODEL, "the same path", (models(Status.EQUAL),), (Carried("w", "w", by_name=True),))


def test_equal():
    text = render_text(ScriptComparison(BEFORE, AFTER, (EQUAL,), ("TensorFlow 1 was not found",)))
    lines = text.splitlines()
    assert lines[0] == (
        "BEFORE: old.py, by TensorFlow 1.15.5 (Python 3.7.16, /py37), no network (a network namespace of its own): "
        "1.2 s, 1 export"
    )
    assert lines[1] == "note: BEFORE: {out}/1 was written 2 times; what was written last counts"
    assert "export 1: {out}/1 (SavedModel; paired by the same path)" in lines
    assert lines[-2:] == ["note: TensorFlow 1 was not found", "equal: 1 export, 1 random variable carried"]


def test_different_and_missing():
    different = replace(EQUAL, comparisons=(models(Status.DIFFERENT),), carried=(), notes=("by name",))
    missing = ExportPair(None, MODEL, "", differences=("only AFTER exports {out}/1",))
    found = ScriptComparison(BEFORE, AFTER, (EQUAL, different, missing))
    assert verdict(found) == "different: 2 of 3 exports ({out}/1: 1 of 1 signature (serving_default))"
    lines = render_text(found).splitlines()
    assert "note: by name" in lines
    assert "export 3: {out}/1 (SavedModel)" in lines
    assert "only AFTER exports {out}/1" in lines
    assert (
        verdict(ScriptComparison(BEFORE, AFTER, (missing,))) == "different: 1 of 1 export (only AFTER exports {out}/1)"
    )


def test_not_proved():
    remote = ExportPair(MODEL, MODEL, "the same path", reasons=("gs://b/m is not on this machine",))
    assert verdict(ScriptComparison(BEFORE, AFTER, (EQUAL, remote))) == (
        "not proved: 1 of 2 exports (gs://b/m is not on this machine)"
    )
    unclear = replace(EQUAL, comparisons=(models(Status.NOT_PROVED),))
    assert verdict(ScriptComparison(BEFORE, AFTER, (unclear,))).startswith("not proved: 1 of 1 export ({out}/1: 1 of 1")


def test_two_names_and_control_characters():
    other = replace(MODEL, name="a\x1b[31mb")
    pair = replace(EQUAL, after=other)
    text = render_text(ScriptComparison(BEFORE, AFTER, (pair,)))
    assert "{out}/1 and a" in text
    assert "\x1b" not in text
