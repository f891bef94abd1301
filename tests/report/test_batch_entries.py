from __future__ import annotations

import pytest

from migrate.batch.record import Record
from migrate.batch.repository import Repository, without_password
from migrate.batch.state import Status
from migrate.report.batch_entries import entries
from tests.report.batch_states import small_run, state_of


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("https://example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://ada:secret@example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://token@example.org/a", "https://example.org/a"),
        ("HTTPS://x:y@z@example.org/a", "HTTPS://example.org/a"),
        ("ssh://git:secret@example.org:22/a", "ssh://git@example.org:22/a"),
        ("git@example.org:a/b.git", "git@example.org:a/b.git"),
        ("/home/x@y/b", "/home/x@y/b"),
        ("https://example.org/a@b", "https://example.org/a@b"),
    ],
)
def test_no_password_is_shown(source, shown):
    assert without_password(source) == shown


def test_all_repositories_are_told_of_in_their_order(tmp_path):
    with state_of(tmp_path, *small_run()) as state:
        found = list(entries(state))
        assert [entry.name for entry in found] == ["plain", "good", "lost", "hard", "later"]
        assert [entry.error for entry in found].count(None) == 4
        assert (found[-1].record, found[-1].files, found[-1].status) == (None, [], Status.WAITING)
        assert [entry.name for entry in entries(state, Status.FAILED)] == ["lost"]


def test_a_password_is_in_no_record_and_in_no_message(tmp_path):
    source = "https://ada:hunter2@example.org/a.git"
    error = f"unable to access '{source}/': 403 for ada:hunter2@example.org"
    with state_of(tmp_path, Record("a", source, error=error), Repository("b", source)) as state:
        first, second = entries(state)
    assert "hunter2" not in f"{first}{second}"
    assert first.error == "unable to access 'https://example.org/a.git/': 403 for example.org"
    assert first.address == second.source == "https://example.org/a.git"
