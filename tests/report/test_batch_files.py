from __future__ import annotations

import contextlib
import json
import sqlite3
import tracemalloc

import pytest

from migrate.batch.outputs import record_dict
from migrate.batch.record import FileRecord, Record
from migrate.batch.repository import Repository
from migrate.errors import MigrateError
from migrate.report.batch_files import write_reports
from tests.report.batch_states import BRIDGED, FLAGGED, NATIVE, small_run, state_of

REPORTS = ["report.html", "report.json", "report.sarif"]


def test_three_reports_are_written(tmp_path):
    (tmp_path / ".report.html.killed.tmp").touch()
    with state_of(tmp_path, *small_run()) as state:
        write_reports(tmp_path, state)
    assert sorted(path.name for path in tmp_path.glob("*report*")) == REPORTS
    assert not list(tmp_path.glob(".report*"))
    assert json.loads((tmp_path / "report.json").read_text("ascii"))["summary"]["sites"] == 6
    assert json.loads((tmp_path / "report.sarif").read_text("ascii"))["version"] == "2.1.0"
    assert (tmp_path / "report.html").read_text("utf-8").endswith("</html>\n")


def test_where_they_cannot_be_written_it_says_so(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("migrate.atomic.os.fsync", full)
    with (
        state_of(tmp_path, *small_run()) as state,
        pytest.raises(MigrateError, match="cannot be written: No space left on device; go on with --resume"),
    ):
        write_reports(tmp_path, state)
    assert not list(tmp_path.glob("*report*"))


def test_memory_does_not_grow_with_the_run(tmp_path):
    # Each has 10 kB as text, and several times as much as values.
    files = tuple(FileRecord(f"p/{index}.py", True, (NATIVE, BRIDGED, FLAGGED)) for index in range(5))
    record = json.dumps(record_dict(Record("r", "/r", files=files)))

    def peak(directory, count):
        with state_of(directory, *(Repository(f"r{n}", f"https://example.org/{n}") for n in range(count))) as state:
            with contextlib.closing(sqlite3.connect(directory / "state.sqlite")) as connection, connection:
                connection.execute("UPDATE repository SET status = 'done', record = ?", (record,))
            tracemalloc.start()
            try:
                write_reports(directory, state)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    peak(tmp_path / "warm", 1)
    few, many = peak(tmp_path / "few", 4), peak(tmp_path / "many", 104)
    assert many - few < 400_000, (few, many)
    assert (tmp_path / "many/report.json").stat().st_size > 500_000
    assert len(json.loads((tmp_path / "many/report.json").read_text("ascii"))["repositories"]) == 104
