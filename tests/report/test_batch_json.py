from __future__ import annotations

import json

from migrate.batch.record import FileRecord, Record
from migrate.report.batch_json import json_report
from migrate.report.batch_totals import totals
from tests.report.batch_states import small_run, state_of


def text_of(directory, *records, **more):
    with state_of(directory, *records, **more) as state:
        return "".join(json_report(state, totals(state)))


def test_the_document_is_what_json_would_write(tmp_path):
    text = text_of(tmp_path, *small_run())
    assert text == json.dumps(json.loads(text), indent=2) + "\n"


def test_the_document(tmp_path):
    document = json.loads(text_of(tmp_path, *small_run()))
    assert list(document) == ["version", "summary", "rules", "reasons", "repositories"]
    assert document["version"] == 1
    assert document["summary"] == {
        "repositories": 5, "waiting": 1, "done": 3, "failed": 1, "python_files": 14, "python_bytes": 93_500, "files": 3,
        "sites": 6, "levels": {"native": 2, "wrapped": 0, "bridged": 1, "flagged": 3}, "changed": 2, "errors": 1,
        "verified": 0, "proved": 0,
    }  # fmt: skip
    assert document["rules"][0] == {"level": "native", "kind": "builder", "rule": "TFM001", "sites": 2}
    assert document["reasons"][0] == {
        "rule": "TFM101", "reason": "the session '…' is used for something else, too", "sites": 3, "repositories": 1,
    }  # fmt: skip
    statuses = [(one["name"], one["status"]) for one in document["repositories"]]
    assert statuses == [("plain", "done"), ("good", "done"), ("lost", "failed"), ("hard", "done"), ("later", "waiting")]


def test_a_repository_is_its_record(tmp_path):
    _, good, lost, _, later = json.loads(text_of(tmp_path, *small_run()))["repositories"]
    assert (good["commit"], good["ref"], good["files"][0]["sites"][0]["rule"]) == ("c0ffee", "main", "TFM001")
    assert good["summary"]["sites"] == 1
    assert lost["error"] == "could not be fetched: no such repository"
    assert later == {"status": "waiting", "name": "later", "source": "/src/later", "ref": ""}
    assert "version" not in good


def test_it_does_not_depend_on_time(tmp_path):
    first = text_of(tmp_path / "a", *small_run(), seconds=[1, 2, 3, 4, 0])
    assert first == text_of(tmp_path / "b", *small_run(), seconds=[4, 3, 2, 1, 0])


def test_names_that_are_no_text_come_through(tmp_path):
    record = Record("a", "/a", files=(FileRecord("caf\udce9.py", False, (), "no"),))
    (one,) = json.loads(text_of(tmp_path, record))["repositories"]
    assert one["files"][0]["path"] == "caf\udce9.py"


def test_a_run_without_repositories(tmp_path):
    assert json.loads(text_of(tmp_path))["repositories"] == []
