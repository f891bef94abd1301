"""SARIF 2.1.0."""

from __future__ import annotations

import json
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from migrate.report.replacements import Replacement
from migrate.report.sarif import (
    SarifFix,
    SarifLogical,
    SarifRelated,
    SarifResult,
    SarifRule,
    artifact_uri,
    to_sarif,
)
from tests.report.sarif_schema import checked

RULES = [SarifRule("one", "the first"), SarifRule("two", "the second")]


def results(*found):
    return checked(to_sarif(RULES, found))["results"]


def test_an_empty_log():
    log = json.loads(to_sarif(RULES, []))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert run["results"] == []
    driver = run["tool"]["driver"]
    assert driver["name"] == "tf-migrate"
    assert driver["rules"] == [
        {"id": name, "shortDescription": text, "fullDescription": text, "help": text}
        for name, text in (("one", {"text": "the first"}), ("two", {"text": "the second"}))
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


def test_a_place_with_an_end():
    (result,) = results(SarifResult("one", "note", "said", PurePosixPath("a.py"), line=3, column=5, end_column=9))
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}


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
        (PurePosixPath("\udcff:x.py"), "%FF%3Ax.py"),
        (PureWindowsPath("a\\b.py"), "a/b.py"),
        (PureWindowsPath("C:\\a\\b.py"), "file:///C:/a/b.py"),
    ],
)
def test_uris(path, uri):
    assert artifact_uri(path) == uri


def test_what_is_not_ascii_is_escaped():
    assert to_sarif(RULES, [SarifResult("one", "note", "ü", PurePosixPath("a"))]).isascii()


def test_a_rule_in_full():
    rule = SarifRule("one", "the first", name="first", help="It *is*.", level="note")
    (made,) = checked(to_sarif([rule], []))["tool"]["driver"]["rules"]
    assert made == {
        "id": "one",
        "name": "first",
        "shortDescription": {"text": "the first"},
        "fullDescription": {"text": "the first"},
        "help": {"text": "It *is*.", "markdown": "It *is*."},
        "defaultConfiguration": {"level": "note"},
    }


def test_what_belongs_to_a_result(tmp_path):
    result = SarifResult(
        "one",
        "note",
        "said",
        tmp_path / "a b.py",
        line=3,
        fingerprint="f00",
        fix=SarifFix("mended", (Replacement(2, 1, 3, 1, ""), Replacement(4, 2, 4, 2, "new"))),
        related=(SarifRelated(7, 8, "see there"),),
        properties=(("level", "native"),),
    )
    run = checked(to_sarif(RULES, [result], root=tmp_path))
    assert run["originalUriBaseIds"].keys() == {"%SRCROOT%"}
    (made,) = run["results"]
    artifact = {"uri": "a%20b.py", "uriBaseId": "%SRCROOT%"}
    assert made["partialFingerprints"] == {"tfMigrate/v1": "f00"}
    assert made["properties"] == {"level": "native"}
    assert made["relatedLocations"] == [
        {
            "id": 0,
            "physicalLocation": {"artifactLocation": artifact, "region": {"startLine": 7, "startColumn": 8}},
            "message": {"text": "see there"},
        }
    ]
    assert made["fixes"] == [
        {
            "description": {"text": "mended"},
            "artifactChanges": [
                {
                    "artifactLocation": artifact,
                    "replacements": [
                        {"deletedRegion": {"startLine": 2, "startColumn": 1, "endLine": 3, "endColumn": 1}},
                        {
                            "deletedRegion": {"startLine": 4, "startColumn": 2, "endLine": 4, "endColumn": 2},
                            "insertedContent": {"text": "new"},
                        },
                    ],
                }
            ],
        }
    ]


def test_what_is_outside_of_the_root_keeps_its_whole_path(tmp_path):
    run = checked(to_sarif(RULES, [SarifResult("one", "note", "said", PurePosixPath("/x/a.py"))], root=tmp_path))
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///x/a.py"}
