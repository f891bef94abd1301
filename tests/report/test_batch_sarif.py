from __future__ import annotations

import json

import pytest

from migrate.batch.record import FileRecord, Record
from migrate.report.batch_sarif import sarif_report
from migrate.report.batch_totals import totals
from tests.report.batch_states import FLAGGED, NATIVE, small_run, state_of


def run_of(directory, *records):
    with state_of(directory, *records) as state:
        text = "".join(sarif_report(state, totals(state)))
    document = json.loads(text)
    assert text == json.dumps(document, indent=2) + "\n"
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    return run


def test_results_name_their_repository_and_their_rule(tmp_path):
    run = run_of(tmp_path, *small_run())
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["TFM001", "TFM004", "TFM107", "TFM301"]
    places = []
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]
        places.append((uri["uriBaseId"], uri["uri"], place["region"]["startLine"], result["ruleId"], result["level"]))
    assert places[:3] == [
        ("good", "a.py", 7, "TFM001", "note"),
        ("good", "a.py", 9, "TFM004", "note"),
        ("hard", "p/one.py", 7, "TFM107", "warning"),
    ]
    assert len(places) == 8
    assert run["results"][2]["message"]["text"] == f"flagged: is exported: {FLAGGED.reason}"


def test_repositories_are_bases_and_their_commits_are_known(tmp_path):
    run = run_of(tmp_path, *small_run())
    assert run["originalUriBaseIds"] == {
        "good": {"description": {"text": "https://example.org/ada/good.git main"}},
        "hard": {"uri": "file:///src/hard/", "description": {"text": "/src/hard"}},
    }
    assert run["versionControlProvenance"] == [
        {
            "repositoryUri": "https://example.org/ada/good.git",
            "revisionId": "c0ffee",
            "mappedTo": {"uriBaseId": "good"},
        },
        {"repositoryUri": "file:///src/hard", "revisionId": "abcdef", "mappedTo": {"uriBaseId": "hard"}},
    ]


def test_what_failed_is_a_notification(tmp_path):
    (invocation,) = run_of(tmp_path, *small_run())["invocations"]
    assert invocation["executionSuccessful"] is False
    file, repository = invocation["toolExecutionNotifications"]
    assert file["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "bad.py", "uriBaseId": "good"}
    assert repository["message"]["text"] == "lost: could not be fetched: no such repository"


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("git@example.org:ada/x.git", "ssh://git@example.org/ada/x.git"),
        ("ssh://git:pw@example.org/x", "ssh://git@example.org/x"),
        ("https://token@example.org/x y", "https://example.org/x%20y"),
        ("/src/a b", "file:///src/a%20b"),
    ],
)
def test_sources_as_addresses(tmp_path, source, uri):
    record = Record("x", source, commit="1", files=(FileRecord("a.py", True, (NATIVE,)),))
    assert run_of(tmp_path, record)["versionControlProvenance"][0]["repositoryUri"] == uri


def test_strange_names_are_quoted(tmp_path):
    record = Record("x", "/x", files=(FileRecord("a b/caf\udce9:%.py", True, (NATIVE,)),))
    location = run_of(tmp_path, record)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "a%20b/caf%E9%3A%25.py"


def test_a_run_without_anything(tmp_path):
    run = run_of(tmp_path, Record("x", "/x"))
    assert (run["results"], run["originalUriBaseIds"], run["versionControlProvenance"]) == ([], {}, [])
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
