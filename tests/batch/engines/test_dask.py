"""A Dask cluster gives the bytes that this machine gives, also where parts of it are lost."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from migrate.batch.engines import dask
from migrate.batch.engines.dask import DaskExecutor, migrate_here
from migrate.batch.engines.local import LocalExecutor
from migrate.batch.engines.release import release
from migrate.batch.job import Job, Options
from migrate.batch.repository import Repository, Wanted, repositories
from migrate.errors import MigrateError
from tests.batch.engines.six import jobs, outputs, six
from tests.batch.trees import SCRIPT, repository

ROOT = Path(__file__).parents[3]
# Each repository takes long enough for others to be killed meanwhile.
SLOW = """\
import time
from migrate import engine
Planner = engine.Planner
class Slow(Planner):
    def result(self, *args):
        time.sleep(0.5)
        return super().result(*args)
engine.Planner = Slow
"""
OTHER = """\
from migrate.batch.engines import release
release.release = lambda: "tf-migrate 99"
"""


class Cluster:
    """A scheduler and its workers, each a process."""

    def __init__(self, directory):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.directory = directory
        self.processes = []

    def scheduler(self):
        code = (
            "import asyncio, sys; from distributed import Scheduler\n"
            "async def main():\n"
            f"    async with Scheduler(port={self.port}, host='127.0.0.1', dashboard=False) as it: await it.finished()\n"
            "asyncio.run(main())"
        )
        return self._start(code)

    def worker(self):
        code = (
            "import asyncio, sys; from distributed import Worker\n"
            "async def main():\n"
            f"    async with Worker('{self.address}', nthreads=1, dashboard=False, death_timeout=60) as it:\n"
            "        await it.finished()\n"
            "asyncio.run(main())"
        )
        return self._start(code)

    def _start(self, code):
        path = os.pathsep.join(map(str, (self.directory / "site", ROOT)))
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=self.directory, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "DASK_TEMPORARY_DIRECTORY": str(self.directory)},
        )  # fmt: skip
        self.processes.append(process)
        return process


@pytest.fixture
def cluster(tmp_path):
    one = Cluster(tmp_path)
    yield one
    for process in one.processes:
        process.kill()
        process.wait()


@contextlib.contextmanager
def connected(cluster):
    executor = DaskExecutor(cluster.address)
    try:
        yield executor
    finally:
        executor.close()


def by_this_machine(tmp_path, given):
    executor = LocalExecutor(2)
    try:
        return outputs(tmp_path / "here", given, executor)
    finally:
        executor.close()


def test_a_cluster_gives_what_this_machine_gives(tmp_path, cluster):
    given = six(tmp_path / "six")
    cluster.scheduler()
    cluster.worker()
    cluster.worker()
    with connected(cluster) as executor:
        there = outputs(tmp_path / "there", given, executor)
    assert there == by_this_machine(tmp_path, given)


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["worker", "scheduler"])
def test_what_is_lost_is_done_by_another(tmp_path, cluster, victim, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(SLOW)
    given = six(tmp_path / "six")
    scheduler = cluster.scheduler()
    first = cluster.worker()
    expected = by_this_machine(tmp_path, given)
    killed = []
    with connected(cluster) as executor:
        run = executor.run

        def disturbed(todo, observe):
            for done in run(todo, observe):
                if not killed:
                    killed.append(victim)
                    if victim == "worker":
                        first.send_signal(signal.SIGKILL)
                        cluster.worker()
                    else:
                        scheduler.send_signal(signal.SIGKILL)
                        first.send_signal(signal.SIGKILL)
                        scheduler.wait()
                        cluster.scheduler()
                        cluster.worker()
                yield done

        monkeypatch.setattr(executor, "run", disturbed)
        there = outputs(tmp_path / "there", given, executor)
    assert killed
    assert there == expected


def test_what_waits_is_not_lost_with_the_scheduler(tmp_path):
    given = jobs(tmp_path)
    source = (job for job in given[1:])
    first = dask._chained(deque(given[:1]), source)
    assert [next(first), next(first)] == given[:2]
    first.close()
    assert list(dask._chained(deque(given[:2]), source)) == given


def test_workers_with_another_release_are_refused(tmp_path, cluster):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(OTHER)
    cluster.scheduler()
    with connected(cluster) as executor:
        cluster.worker()
        with pytest.raises(MigrateError, match=r"a worker: has tf-migrate 99, and this machine .*; install the same"):
            list(executor.run(jobs(tmp_path), lambda *_: None))
    with pytest.raises(
        MigrateError, match=r"tcp://.*: has tf-migrate 99, and this machine .*; install the same on all"
    ):
        DaskExecutor(cluster.address)


def test_without_a_scheduler_there_is_one_clear_line(monkeypatch):
    monkeypatch.setattr(dask, "_CONNECT_SECONDS", 0)
    with pytest.raises(MigrateError, match=r"tcp://127\.0\.0\.1:1: no Dask scheduler answers"):
        DaskExecutor("tcp://127.0.0.1:1")
    with pytest.raises(MigrateError, match="nonsense://x: not the address of a Dask scheduler"):
        DaskExecutor("nonsense://x")


def test_a_directory_that_the_worker_does_not_have_is_said(tmp_path):
    job = Job(Repository("gone", str(tmp_path / "gone")), Options())
    error = migrate_here(job, release()).record.error
    assert error == "no such directory at a worker of the cluster; name an address that it can fetch from, or share it"


def test_a_directory_that_is_shared_is_worked_on(tmp_path):
    repository(tmp_path / "source", {"a.py": SCRIPT})
    (one,) = repositories([Wanted(str(tmp_path / "source"))])
    try:
        done = migrate_here(Job(one, Options()), release())
        assert replace(done, seconds=0) == replace(migrate_here(Job(one, Options()), release()), seconds=0)
        assert done.patch
    finally:
        dask._own.supervisor.close()
