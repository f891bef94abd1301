"""Runs: nothing is lost and nothing done twice, whenever they end."""

from __future__ import annotations

import json

import pytest

from migrate.batch.engines.local import LocalExecutor
from migrate.batch.job import Commit, Form, Options
from migrate.batch.record import FileRecord, Migrated, Record
from migrate.batch.repository import Wanted, repositories
from migrate.batch.run import begun, looked_at, resumed
from migrate.batch.state import Status
from migrate.errors import MigrateError
from migrate.results import Level
from migrate.settings import Settings
from migrate.wrappers import Wrapper
from tests.batch.trees import SCRIPT, git, repository


class Scripted:
    """An executor that says what it is told to, and ends where it is told to."""

    def __init__(self, errors=(), until=10**6):
        self.errors = dict(errors)
        self.until = until
        self.seen = []

    def run(self, jobs, _):
        for job in jobs:
            if len(self.seen) == self.until:
                raise KeyboardInterrupt
            name = job.repository.name
            self.seen.append(name)
            record = Record(name, job.repository.source, error=self.errors.get(name), files=(FileRecord("a.py", True),))
            yield Migrated(record, patch=f"patch of {name}\n".encode())

    def close(self):
        pass


@pytest.fixture
def three(tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    return repositories(Wanted(str(tmp_path / name)) for name in ("one", "two", "three"))


def worked(run, executor):
    return [migrated.record.name for _, migrated in run.work(executor, lambda *_: None)]


def files(directory):
    return {str(p.relative_to(directory)): p.read_bytes() for p in sorted(directory.rglob("*.[pj]*")) if p.is_file()}


def test_what_is_done_is_kept(tmp_path, three):
    with begun(tmp_path / "out", three, Options()) as run:
        assert worked(run, Scripted({"two": "no such thing"})) == ["one", "two", "three"]
        assert run.state.counts() == {Status.WAITING: 0, Status.DONE: 2, Status.FAILED: 1}
        assert [row.error for row in run.state.rows(Status.FAILED)] == ["no such thing"]
    assert (tmp_path / "out/patches/one.patch").read_bytes() == b"patch of one\n"
    record = json.loads((tmp_path / "out/records/two.json").read_text())
    assert (record["name"], record["error"]) == ("two", "no such thing")


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path, three):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), begun(out, three, Options()) as run:
        worked(run, Scripted(until=1))
    with resumed(out) as run:
        assert worked(run, Scripted()) == ["two", "three"]
    with resumed(out) as run:
        assert worked(run, Scripted()) == []
    with begun(tmp_path / "other", three, Options()) as run:
        worked(run, Scripted())
    assert files(out) == files(tmp_path / "other")


def test_what_a_killed_run_had_begun_to_write_is_removed(tmp_path, three):
    out = tmp_path / "out"
    with begun(out, three, Options()) as run:
        worked(run, Scripted())
    (out / "patches/.one.patch.x1.tmp").write_text("half")
    (out / "trees/.one.x2").mkdir(parents=True)
    with resumed(out):
        assert not list(out.glob("*/.*"))


def test_failed_ones_are_tried_again(tmp_path, three):
    out = tmp_path / "out"
    with begun(out, three, Options()) as run:
        worked(run, Scripted({"two": "no"}))
    with resumed(out) as run:
        run.reopen([], failed=True)
        assert worked(run, Scripted()) == ["two"]
        assert run.state.counts()[Status.FAILED] == 0
        assert [row.attempts for row in run.state.rows()] == [1, 2, 1]
        run.reopen(["one"], failed=False)
        assert worked(run, Scripted()) == ["one"]
        with pytest.raises(MigrateError, match="no repository 'four'"):
            run.reopen(["four"], failed=False)


def test_only_one_works_on_a_run_while_others_may_look(tmp_path, three):
    out = tmp_path / "out"
    with begun(out, three, Options()):
        with looked_at(out) as state:
            assert state.counts()[Status.WAITING] == 3
        with pytest.raises(MigrateError, match="another tf-migrate works on it"), resumed(out):
            pass


def test_a_run_is_not_begun_over_another(tmp_path, three):
    with begun(tmp_path / "out", three, Options()):
        pass
    with pytest.raises(MigrateError, match="go on with --resume"), begun(tmp_path / "out", three, Options()):
        pass


def test_without_a_run_there_is_nothing_to_go_on_with(tmp_path):
    for context in (resumed, looked_at):
        with pytest.raises(MigrateError, match="holds no run"), context(tmp_path):
            pass


def test_a_file_that_is_no_state_is_an_error(tmp_path):
    (tmp_path / "state.sqlite").write_text("no database\n" * 100)
    with pytest.raises(MigrateError, match="cannot be used as the state of a run"), resumed(tmp_path):
        pass


def test_options_are_those_the_run_was_begun_with(tmp_path, three):
    wrapper = Wrapper("a.b", "simple_save", ("s",), (("session", "s"),))
    settings = Settings(level=Level.BRIDGED, ignore=("TFM001",), whole_program=True, wrappers=(wrapper,))
    options = Options(settings, Form.TREE, Commit("A <a@b>", "m", by_rule=True), verify=True)
    with begun(tmp_path / "out", three, options):
        pass
    with resumed(tmp_path / "out") as run:
        assert run.options == options


def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path, three, monkeypatch):
    out = tmp_path / "out"

    def full(*_):
        raise OSError(28, "No space left on device")

    with begun(out, three, Options()) as run:
        with monkeypatch.context() as patched:
            patched.setattr("migrate.batch.outputs.replace_file", full)
            with pytest.raises(MigrateError, match="No space left on device; go on with --resume"):
                worked(run, Scripted())
        assert run.state.counts()[Status.WAITING] == 3
        assert worked(run, Scripted()) == ["one", "two", "three"]


@pytest.mark.parametrize("form", list(Form))
def test_real_work_gives_what_is_wanted(tmp_path, form):
    source = repository(tmp_path / "source", {"p/a.py": SCRIPT, "b.py": "print(1)\n"})
    executor = LocalExecutor(1)
    with begun(tmp_path / "out", repositories([Wanted(str(source))]), Options(form=form)) as run:
        (done,) = [migrated for _, migrated in run.work(executor, lambda *_: None)]
    executor.close()
    assert (done.record.commit, done.record.python_files) == (git(source, "rev-parse", "HEAD"), 2)
    out = tmp_path / "out"
    assert (out / "patches/source.patch").exists()
    assert (out / "trees/source/p/a.py").exists() == (form is Form.TREE)
    assert (out / "bundles/source.bundle").exists() == (form is Form.BRANCH)
    assert ("tf-migrate" in git(source, "branch")) == (form is Form.BRANCH)
    assert (source / "p/a.py").read_text() == SCRIPT


def test_a_branch_that_is_there_is_not_replaced(tmp_path):
    source = repository(tmp_path / "source", {"a.py": SCRIPT})
    git(source, "checkout", "--quiet", "-b", "tf-migrate")
    git(source, "commit", "--quiet", "--allow-empty", "-m", "mine")
    git(source, "checkout", "--quiet", "main")
    mine = git(source, "rev-parse", "tf-migrate")
    executor = LocalExecutor(1)
    with begun(tmp_path / "out", repositories([Wanted(str(source))]), Options(form=Form.BRANCH)) as run:
        (done,) = [migrated for _, migrated in run.work(executor, lambda *_: None)]
    executor.close()
    assert done.record.error is not None
    assert "the branch tf-migrate is not made" in done.record.error
    assert git(source, "rev-parse", "tf-migrate") == mine
