"""The report for programs, as docs/json.md describes it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from migrate.check.results import (
    Finding,
    MetaGraphCheck,
    ModelCheck,
    Profile,
    Severity,
    SignatureCheck,
    Taken,
    Trial,
    Verdict,
)
from migrate.report.check_json import to_json
from migrate.signatures.contract import Api, Violation
from migrate.signatures.contract import Severity as Broken

DOCS = Path(__file__).parents[2] / "docs" / "json.md"
VIOLATION = Violation("classify-input-dtype", Broken.ERROR, "is float32", "wrap it")
CHECK = ModelCheck(
    path=Path("export/3"),
    file=Path("export/3/saved_model.pb"),
    profile=Profile.XAI,
    against=Path("old"),
    runtime="1.15",
    ran=True,
    meta_graphs=(
        MetaGraphCheck(
            ("serve",),
            "2.21.0",
            (
                SignatureCheck(
                    "k",
                    "tensorflow/serving/predict",
                    (
                        Verdict(Api.PREDICT, Taken.YES),
                        Verdict(Api.CLASSIFY, Taken.NO, (VIOLATION,)),
                        Verdict(Api.REGRESS, Taken.UNNAMED),
                    ),
                    (Trial(Api.REGRESS, (1,), "not with 3"),),
                ),
            ),
        ),
    ),
    findings=(
        Finding("lost-method-name", Severity.WARNING, "lost", ("serve",), "k", options=("--regress", "k")),
        Finding("no-serve-tag", Severity.NOTE, "no tag", remedy="start it so"),
    ),
    commands=(("tf-migrate", "restore", "a b", "--regress", "k"),),
)


def test_the_whole_report():
    assert json.loads(to_json(CHECK)) == {
        "version": 1,
        "path": "export/3",
        "file": "export/3/saved_model.pb",
        "profile": "xai",
        "against": "old",
        "runtime": "1.15",
        "ran": True,
        "ok": False,
        "meta_graphs": [
            {
                "tags": ["serve"],
                "tensorflow_version": "2.21.0",
                "signatures": [
                    {
                        "key": "k",
                        "method_name": "tensorflow/serving/predict",
                        "verdicts": {
                            "predict": {"taken": "yes", "violations": []},
                            "classify": {
                                "taken": "no",
                                "violations": [
                                    {
                                        "rule": "classify-input-dtype",
                                        "severity": "error",
                                        "message": "is float32",
                                        "remedy": "wrap it",
                                    }
                                ],
                            },
                            "regress": {"taken": "unnamed", "violations": []},
                        },
                        "trials": [{"api": "regress", "batches": [1], "reason": "not with 3"}],
                    }
                ],
            }
        ],
        "findings": [
            {
                "rule": "lost-method-name",
                "severity": "warning",
                "message": "lost",
                "tags": ["serve"],
                "signature": "k",
                "remedy": "",
                "options": ["--regress", "k"],
            },
            {
                "rule": "no-serve-tag",
                "severity": "note",
                "message": "no tag",
                "tags": None,
                "signature": None,
                "remedy": "start it so",
                "options": [],
            },
        ],
        "commands": ["tf-migrate restore 'a b' --regress k"],
        "summary": {"errors": 0, "warnings": 1, "notes": 1},
    }


def test_every_key_is_documented():
    section = DOCS.read_text("utf-8").partition("# JSON output of `tf-migrate check")[2].partition("\n# ")[0]
    documented = set(re.findall(r"`([a-z_]+)`", section))

    def keys(value):
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    assert keys(json.loads(to_json(CHECK))) <= documented
