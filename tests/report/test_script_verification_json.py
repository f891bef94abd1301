import json
from pathlib import Path

from migrate.report.script_verification_json import to_json
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


def test_everything_is_there():
    model = Export(ExportKind.SAVED_MODEL, "{out}", Path("/tmp/x"))
    run = Run(
        Path("s.py"), Interpreter(Path("/py"), "3.7.16", "1.15.5"), Isolation.NAMESPACE, 1.23456, (model,), ("n",)
    )
    models = Comparison("{out}", "{out}", ("serve",), 0, (SignatureComparison("s", Status.EQUAL, ""),))
    pairs = (
        ExportPair(model, model, "the same path", (models,), (Carried("kernel", "w", by_name=False),), notes=("m",)),
        ExportPair(None, model, "", differences=("only AFTER exports it",)),
    )
    data = json.loads(to_json(ScriptComparison(run, run, pairs, ("TensorFlow 1 was not found",))))
    assert (data["version"], data["equal"], data["status"]) == (1, False, "different")
    assert data["notes"] == ["TensorFlow 1 was not found"]
    assert data["before"] == {
        "script": "s.py",
        "python": "/py",
        "python_version": "3.7.16",
        "tensorflow": "1.15.5",
        "as_v1": False,
        "isolation": "namespace",
        "seconds": 1.235,
        "exports": [{"name": "{out}", "kind": "SavedModel", "times": 1}],
        "notes": ["n"],
    }
    first, second = data["exports"]
    assert first["carried"] == [{"name": "kernel", "source": "w", "by_name": False}]
    assert (first["status"], first["paired_by"], first["notes"]) == ("equal", "the same path", ["m"])
    assert first["models"][0]["signatures"][0]["key"] == "s"
    assert (second["before"], second["status"]) == (None, "different")
    assert data["summary"] == {"exports": 2, "verdict": "different: 1 of 2 exports (only AFTER exports it)"}
