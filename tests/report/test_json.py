from __future__ import annotations

import json
import re
from pathlib import Path

from migrate.report.json import to_json
from migrate.results import Finding, Level, Refusal, Result, Signature, Site

SITE = Site(
    "TFM900", "builder", 9, 1, Level.FLAGGED, "left", "no graph",
    (Signature("serving_default", "", ("x",), ()),), (Finding("TFM005", 7, 2, "a table", Level.NATIVE),),
    (Refusal(Level.NATIVE, "native", "TFM101", "no graph"),), ("one read",),
)  # fmt: skip


def test_the_whole_document():
    results = [
        Result("a.py", "x", "y", (SITE,)),
        Result("nothing.py", "x", "x"),
        Result("ü\udcff.py", "", "", error="not text"),
    ]
    assert json.loads(to_json(results)) == {
        "version": 1,
        "files": [
            {
                "path": "a.py",
                "changed": True,
                "error": None,
                "because": None,
                "sites": [
                    {
                        "rule": "TFM900",
                        "kind": "builder",
                        "line": 9,
                        "column": 1,
                        "level": "flagged",
                        "message": "left",
                        "reason": "no graph",
                        "signatures": [{"key": "serving_default", "method_name": "", "inputs": ["x"], "outputs": []}],
                        "findings": [
                            {
                                "rule": "TFM005",
                                "line": 7,
                                "column": 2,
                                "message": "a table",
                                "level": "native",
                                "reason": None,
                            }
                        ],
                        "refusals": [{"level": "native", "strategy": "native", "rule": "TFM101", "reason": "no graph"}],
                        "proved": ["one read"],
                        "ordinal": 0,
                    }
                ],
            },
            {"path": "ü\udcff.py", "changed": False, "error": "not text", "because": None, "sites": []},
        ],
        "summary": {
            "files": 1,
            "sites": 1,
            "levels": {"native": 0, "wrapped": 0, "bridged": 0, "flagged": 1},
            "changed": 1,
            "errors": 1,
        },
    }


def test_nothing_is_a_document_too():
    assert json.loads(to_json([]))["files"] == []


def test_the_documented_example_has_the_keys_of_the_real_one():
    text = (Path(__file__).parents[2] / "docs/json.md").read_text(encoding="utf-8")
    block = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert block
    documented, real = json.loads(block.group(1)), json.loads(to_json([Result("a.py", "x", "y", (SITE,))]))

    def shape(value):
        if isinstance(value, dict):
            return {key: shape(item) for key, item in value.items()}
        return [shape(value[0])] if isinstance(value, list) and value and isinstance(value[0], dict) else None

    real["files"][0]["sites"][0].update(findings=[], refusals=[])
    assert shape(documented) == shape(real)
