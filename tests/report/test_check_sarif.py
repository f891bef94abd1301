"""Findings of a check as SARIF."""

from __future__ import annotations

import json
from pathlib import Path

from migrate.check.results import Finding, ModelCheck, Profile, Severity
from migrate.check.rules import RULES
from migrate.report.check_sarif import render_sarif


def log(*findings):
    path = Path("export/a b")
    check = ModelCheck(path, path / "saved_model.pb", Profile.SERVING, None, None, False, (), findings)
    (run,) = json.loads(render_sarif(check))["runs"]
    return run


def test_all_rules_are_there():
    assert [rule["id"] for rule in log()["tool"]["driver"]["rules"]] == list(RULES)


def test_a_signature_is_a_logical_location():
    options = ("--classify", "k")
    (result,) = log(Finding("lost-method-name", Severity.WARNING, "is lost", ("serve",), "k", options=options))[
        "results"
    ]
    assert result["message"]["text"] == (
        "signature `k`: is lost (mend it: tf-migrate restore 'export/a b' --classify k)"
    )
    assert result["level"] == "warning"
    assert list(RULES)[result["ruleIndex"]] == result["ruleId"] == "lost-method-name"
    (place,) = result["locations"]
    assert place["physicalLocation"] == {"artifactLocation": {"uri": "export/a%20b/saved_model.pb"}}
    assert place["logicalLocations"] == [{"name": "k", "fullyQualifiedName": "serve/k", "kind": "function"}]


def test_a_meta_graph_and_the_whole_model():
    first, second = log(
        Finding("no-signatures", Severity.ERROR, "none", ("gpu", "serve"), remedy="export some"),
        Finding("no-serve-tag", Severity.NOTE, "no tag"),
    )["results"]
    assert first["message"]["text"] == "none (export some)"
    assert first["locations"][0]["logicalLocations"][0]["kind"] == "module"
    assert "logicalLocations" not in second["locations"][0]
    assert second["level"] == "note"
