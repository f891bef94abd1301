from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from migrate.batch.job import Commit, Form, Options
from migrate.batch.record import FileRecord, Record
from migrate.batch.repository import Repository
from migrate.report.batch_totals import totals
from migrate.report.batch_words import next_steps, outputs, seconds_text, verdict
from tests.report.batch_states import NATIVE, small_run, state_of

CHANGED = Record("x", "/x", files=(FileRecord("a.py", True, (NATIVE,)),))


def steps(directory, *records, **more):
    with state_of(directory, *records, **more) as state:
        return [step.command for step in next_steps(directory, state, totals(state))]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (99.9, "99.9 s"), (99.96, "2 min"), (3000, "50 min"), (7260, "2 h 1 min"), (4e6, "1,111 h 7 min")],
)
def test_times(seconds, text):
    assert seconds_text(seconds) == text


def test_the_verdict(tmp_path):
    with state_of(tmp_path, *small_run()) as state:
        assert verdict(totals(state)) == "5 repositories: 3 done, 1 failed, 1 waiting"


def test_the_verdict_on_nothing(tmp_path):
    with state_of(tmp_path) as state:
        assert verdict(totals(state)) == "no repositories"


def test_first_go_on_then_try_again_then_apply(tmp_path):
    assert steps(tmp_path, *small_run()) == [
        f"tf-migrate batch --out {tmp_path} --resume",
        f"tf-migrate batch retry {tmp_path} --failed",
        f"git -C REPO am --keep-cr {tmp_path}/patches/NAME.patch",
    ]


@pytest.mark.parametrize(
    ("form", "command"),
    [
        (Form.PATCH, "git -C REPO am --keep-cr {}/patches/NAME.patch"),
        (Form.BRANCH, "git fetch {}/bundles/NAME.bundle tf2:tf2"),
        (Form.TREE, "cp -R {}/trees/NAME/. REPO/"),
    ],
)
def test_how_to_apply_it(tmp_path, form, command):
    options = Options(form=form, commit=Commit(branch="tf2"))
    assert steps(tmp_path, CHANGED, options=options) == [command.format(tmp_path)]


def test_where_all_is_done_and_nothing_changes_there_is_nothing_to_do(tmp_path):
    assert steps(tmp_path, Record("x", "/x")) == []


def test_commands_are_for_a_shell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (command,) = steps(Path("-a b"), Repository("x", "/x"))
    assert shlex.split(command) == ["tf-migrate", "batch", "--out", "./-a b", "--resume"]


def test_only_what_is_there_is_named(tmp_path):
    (tmp_path / "patches").mkdir()
    assert [name for name, _ in outputs(tmp_path)] == ["patches/", "report.html"]
