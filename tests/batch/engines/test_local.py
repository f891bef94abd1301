"""Processes of this machine: the same results however many there are, and none of them is left."""

from __future__ import annotations

import contextlib
import threading

import pytest

from migrate.batch.engines.local import LocalExecutor
from migrate.batch.job import Job, Options
from migrate.batch.repository import Wanted, repositories
from migrate.batch.supervisor import Stopped, Supervisor
from tests.batch.engines.six import jobs, outputs, six
from tests.batch.trees import SCRIPT


@contextlib.contextmanager
def local(count):
    executor = LocalExecutor(count)
    try:
        yield executor
    finally:
        executor.close()


def test_results_are_the_same_however_many_processes_there_are(tmp_path):
    given = six(tmp_path / "six")
    with local(1) as one, local(3) as three:
        first = outputs(tmp_path / "first", given, one)
        assert first == outputs(tmp_path / "second", tuple(reversed(given)), three)
    assert len([name for name in first if name.startswith("records/")]) == 6


def test_jobs_are_taken_as_there_is_room(tmp_path):
    given = jobs(tmp_path)
    taken = []

    def source():
        for job in given:
            taken.append(job)
            yield job

    with local(1) as executor:
        run = executor.run(source(), lambda *_: None)
        next(run)
        assert len(taken) == 2
        assert len(list(run)) == 5


def test_who_looks_on_is_told_each_file(tmp_path):
    seen = []
    with local(2) as executor:
        names = {done.record.name for done in executor.run(jobs(tmp_path), lambda *about: seen.append(about))}
    assert len(names) == 6
    assert sorted(path for name, path in seen if name.endswith("two")) == ["p/a.py", "p/b.py"]


def test_a_run_that_is_left_leaves_no_process(tmp_path):
    with local(2) as executor:
        run = executor.run(jobs(tmp_path), lambda *_: None)
        next(run)
        run.close()
        workers = [one._worker for one in executor._supervisors if one._worker is not None]
    assert all(worker.process.poll() is not None for worker in workers)
    assert all(not worker.scratch.path.exists() for worker in workers)


def test_stopping_gives_up_what_is_under_way(tmp_path):
    supervisor = Supervisor()
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a.py").write_text(SCRIPT)
    (one,) = repositories([Wanted(str(tmp_path / "tree"))])
    errors = []

    def work():
        try:
            supervisor.migrated(Job(one, Options()), lambda _: supervisor.stop())
        except Stopped as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert len(errors) == 1


def test_an_error_of_the_engine_comes_to_who_runs_it(tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("migrate.batch.supervisor.Supervisor.migrated", broken)
    with local(1) as executor, pytest.raises(RuntimeError, match="broken"):
        list(executor.run(jobs(tmp_path), lambda *_: None))
