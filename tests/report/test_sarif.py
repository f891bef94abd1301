"""SARIF 2.1.0."""

from __future__ import annotations

import json
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from migrate.report.sarif import SarifLogical, SarifResult, SarifRule, artifact_uri, to_sarif

RULES = [SarifRule("one", "the first"), SarifRule("two", "the second")]


def results(*found):
    (run,) = json.loads(to_sarif(RULES, found))["runs"]
    return run["results"]


def test_an_empty_log():
    log = json.loads(to_sarif(RULES, []))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert run["results"] == []
    driver = run["tool"]["driver"]
    assert driver["name"] == "tf-migrate"
    assert driver["rules"] == [
        {"id": "one", "shortDescription": {"text": "the first"}},
        {"id": "two", "shortDescription": {"text": "the second"}},
    ]


def test_a_place_in_a_text():
    (result,) = results(SarifResult("two", "warning", "said", PurePosixPath("src/export.py"), line=3, column=5))
    assert result == {
        "ruleId": "two",
        "ruleIndex": 1,
        "level": "warning",
        "message": {"text": "said"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "src/export.py"},
                    "region": {"startLine": 3, "startColumn": 5},
                }
            }
        ],
    }


def test_a_line_without_a_column():
    (result,) = results(SarifResult("one", "note", "said", PurePosixPath("a.py"), line=3))
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}


def test_a_place_that_is_no_line():
    logical = SarifLogical("k", "serve/k", "function")
    (result,) = results(SarifResult("one", "error", "said", PurePosixPath("/m/saved_model.pb"), logical=logical))
    assert result["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "file:///m/saved_model.pb"}},
            "logicalLocations": [{"name": "k", "fullyQualifiedName": "serve/k", "kind": "function"}],
        }
    ]


def test_an_unknown_rule_is_a_mistake():
    with pytest.raises(KeyError):
        results(SarifResult("three", "error", "said", PurePosixPath("a.py")))


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("a b/ü#.py"), "a%20b/%C3%BC%23.py"),
        (PurePosixPath("/a b/x.py"), "file:///a%20b/x.py"),
        (PureWindowsPath("a\\b.py"), "a/b.py"),
        (PureWindowsPath("C:\\a\\b.py"), "file:///C:/a/b.py"),
    ],
)
def test_uris(path, uri):
    assert artifact_uri(path) == uri


def test_what_is_not_ascii_is_escaped():
    assert to_sarif(RULES, [SarifResult("one", "note", "ü", PurePosixPath("a"))]).isascii()
