"""Work on a Dask cluster: its workers fetch for themselves, and send back what changes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from distributed import Client, Future, as_completed
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from migrate.batch.engines import Observer
from migrate.batch.job import Job
from migrate.batch.record import Migrated, Record
from migrate.batch.supervisor import Supervisor
from migrate.errors import MigrateError

# So many repositories wait at a worker's thread, that it need not wait for the next one.
_AHEAD = 2
_CONNECT_SECONDS = 30
_RECONNECT_SECONDS = 600
_PAUSE = 1.0

_own = threading.local()


class _Lost(Exception):
    """The scheduler is gone, and with it what was under way."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What the cluster says of a repository."""

    job: Job
    migrated: Migrated


class DaskExecutor:
    """Works on repositories at the workers of a cluster.

    Where a worker is lost, another one takes its repositories. Where the scheduler is lost, the run waits until there
    is one again, and gives it what is not done.

    Args:
        address: That of the scheduler, such as `tcp://host:8786`.

    Raises:
        MigrateError: There is no scheduler, or its workers have another version of this package.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = self._connected(_CONNECT_SECONDS)

    def run(self, jobs: Iterable[Job], observe: Observer) -> Iterator[Migrated]:
        """Works on repositories; see `Executor`. A directory of this machine is not known to a cluster."""
        source = iter(jobs)
        again: deque[Job] = deque()
        while True:
            under_way: dict[str, Job] = {}
            try:
                for told in self._told(source, again, under_way, observe):
                    under_way.pop(told.job.repository.name, None)
                    yield told.migrated
            except _Lost:
                again.extendleft(reversed(under_way.values()))
                self._client = self._connected(_RECONNECT_SECONDS)
            else:
                return

    def close(self) -> None:
        """Gives back what is under way, and lets go of the cluster."""
        try:
            self._client.close(timeout=5)
        except (OSError, TimeoutError, CommClosedError):
            return

    # ---- inside ----------------------------------------------------------------------------------------------

    def _told(
        self, source: Iterator[Job], again: deque[Job], under_way: dict[str, Job], observe: Observer
    ) -> Iterator[_Told]:
        room = max(1, sum(self._client.nthreads().values())) * _AHEAD
        completed = as_completed(loop=self._client.loop)
        by_key: dict[str, Job] = {}
        waiting = _chained(again, source)
        try:
            for _ in range(room):
                self._submit(waiting, completed, by_key, under_way, observe)
            while by_key:
                future = self._next(completed)
                job = by_key.pop(future.key)
                told = _Told(job, _result(future, job))
                future.release()
                self._submit(waiting, completed, by_key, under_way, observe)
                yield told
        except (CommClosedError, OSError, TimeoutError) as error:
            raise _Lost from error

    def _submit(
        self,
        waiting: Iterator[Job],
        completed: as_completed,
        by_key: dict[str, Job],
        under_way: dict[str, Job],
        observe: Observer,
    ) -> None:
        job = next(waiting, None)
        if job is None:
            return
        under_way[job.repository.name] = job
        future = self._client.submit(migrate_here, job, pure=False)
        by_key[future.key] = job
        completed.add(future)
        observe(job.repository.name, "")

    def _next(self, completed: as_completed) -> Future:
        """The next future that is done.

        Raises:
            _Lost: The scheduler is gone.
        """
        while True:
            try:
                completed.timeout = 5
                return next(completed)
            except TimeoutError:
                if self._client.status != "running":
                    raise _Lost from None

    def _connected(self, seconds: float) -> Client:
        deadline = time.monotonic() + seconds
        while True:
            try:
                return Client(self._address, timeout=5, set_as_default=False)
            except (OSError, TimeoutError) as error:
                if time.monotonic() > deadline:
                    raise MigrateError(f"{self._address}: no Dask scheduler answers; go on with --resume") from error
                time.sleep(_PAUSE)


def migrate_here(job: Job) -> Migrated:
    """Works on one repository in the process of a worker; each of its threads keeps a process of its own for that."""
    if not hasattr(_own, "supervisor"):
        _own.supervisor = Supervisor()
    supervisor: Supervisor = _own.supervisor
    return supervisor.migrated(job)


def _result(future: Future, job: Job) -> Migrated:
    try:
        migrated = future.result()
    except KilledWorker:
        return _failed(job, "every worker that took it died")
    except (CommClosedError, OSError, TimeoutError):
        raise
    except Exception as error:
        return _failed(job, f"the worker failed: {type(error).__name__}: {error}")
    assert isinstance(migrated, Migrated)
    return migrated


def _failed(job: Job, error: str) -> Migrated:
    repository = job.repository
    return Migrated(Record(repository.name, repository.source, repository.ref, error=error))


def _chained(again: deque[Job], source: Iterator[Job]) -> Iterator[Job]:
    while again:
        yield again.popleft()
    yield from source
