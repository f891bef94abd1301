"""Work on a Dask cluster: its workers fetch for themselves, and send back what changes."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

from distributed import Client, Future, as_completed
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from migrate.batch.engines import Observer
from migrate.batch.engines.release import release
from migrate.batch.job import Job
from migrate.batch.record import Migrated
from migrate.batch.source import missing
from migrate.batch.supervisor import Supervisor, failed
from migrate.errors import MigrateError

# So many repositories wait at a worker's thread, that it need not wait for the next one.
_AHEAD = 2
_CONNECT_SECONDS = 30
_RECONNECT_SECONDS = 600
_PAUSE = 1.0
# How often it is asked whether there are more workers now.
_COUNT_SECONDS = 5.0
_ANSWER_SECONDS = 600

_own = threading.local()


class _Lost(Exception):
    """The scheduler is gone, and with it what was under way."""


class DaskExecutor:
    """Works on repositories at the workers of a cluster.

    Where a worker is lost, another one takes its repositories. Where the scheduler is lost, the run waits until there
    is one again, and gives it what is not done.

    Args:
        address: That of the scheduler, such as `tcp://host:8786`.
        say: Is called with a line where something happens that a user waits for.

    Raises:
        MigrateError: There is no scheduler, or its workers have another release of this package.
    """

    def __init__(self, address: str, say: Callable[[str], None] = lambda _: None) -> None:
        # A lost scheduler is waited for, and said where it does not come back.
        for name in ("client", "core", "comm"):
            logging.getLogger(f"distributed.{name}").setLevel(logging.CRITICAL)
        self._address = address
        self._say = say
        self._release = release()
        self._client = self._connected(_CONNECT_SECONDS)

    def run(self, jobs: Iterable[Job], observe: Observer) -> Iterator[Migrated]:
        """Works on repositories; see `Executor`. A directory must be there at the workers, too."""
        source = iter(jobs)
        again: deque[Job] = deque()
        while True:
            under_way: dict[str, Job] = {}
            try:
                for name, migrated in self._told(_chained(again, source), under_way, observe):
                    del under_way[name]
                    yield migrated
            except _Lost:
                again.extendleft(reversed(under_way.values()))
                self._close()
                self._say(f"{self._address}: the scheduler is lost; waiting up to {_RECONNECT_SECONDS:g} s for it")
                self._client = self._connected(_RECONNECT_SECONDS)
            else:
                return

    def close(self) -> None:
        """Gives back what is under way, and lets go of the cluster."""
        self._close()

    # ---- inside ----------------------------------------------------------------------------------------------

    def _told(
        self, waiting: Iterator[Job], under_way: dict[str, Job], observe: Observer
    ) -> Iterator[tuple[str, Migrated]]:
        """What becomes of repositories, by name; `under_way` holds those that the cluster has."""
        completed = as_completed(loop=self._client.loop)
        jobs: dict[str, Job] = {}
        room, counted = self._room(), time.monotonic()
        while True:
            while len(jobs) < room and (job := next(waiting, None)) is not None:
                under_way[job.repository.name] = job
                future = self._asked(job)
                jobs[future.key] = job
                completed.add(future)
                observe(job.repository.name, "")
            if not jobs:
                return
            future = next(completed)
            job = jobs.pop(future.key)
            migrated = _result(future, job)
            future.release()
            if time.monotonic() - counted > _COUNT_SECONDS:
                room, counted = self._room(), time.monotonic()
            yield job.repository.name, migrated

    def _asked(self, job: Job) -> Future:
        if self._client.status != "running":
            raise _Lost
        try:
            return self._client.submit(migrate_here, job, self._release, pure=False)
        except (CommClosedError, OSError, TimeoutError) as error:
            raise _Lost from error

    def _room(self) -> int:
        """How many repositories the cluster is given at a time."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except (CommClosedError, OSError, TimeoutError, AttributeError) as error:
            # AttributeError: its connection is taken away from the client while it is asked.
            raise _Lost from error
        return max(1, sum(threads.values())) * _AHEAD

    def _connected(self, seconds: float) -> Client:
        deadline = time.monotonic() + seconds
        while True:
            try:
                client = Client(self._address, timeout=5, set_as_default=False)
                self._refuse_others(client)
            except (OSError, TimeoutError, CommClosedError, CancelledError) as error:
                if time.monotonic() > deadline:
                    raise MigrateError(f"{self._address}: no Dask scheduler answers; go on with --resume") from error
                time.sleep(_PAUSE)
            except ValueError as error:
                raise MigrateError(f"{self._address}: not the address of a Dask scheduler: {error}") from error
            else:
                return client

    def _refuse_others(self, client: Client) -> None:
        """Refuses workers with another release; each task says so, too, for those that come later.

        Raises:
            MigrateError: There is one.
        """
        for worker, theirs in client.run(release, on_error="return").items():
            if isinstance(theirs, Exception):
                client.close(timeout=5)
                raise MigrateError(f"{worker}: this worker has no tf-migrate that can be used: {theirs}")
            if theirs != self._release:
                client.close(timeout=5)
                raise MigrateError(_other(worker, theirs, self._release))

    def _close(self) -> None:
        try:
            self._client.close(timeout=5)
        except (OSError, TimeoutError, CommClosedError, CancelledError):
            return


class OtherRelease(Exception):
    """A worker has another release than the one that asks; its text says which."""


def migrate_here(job: Job, wanted: str) -> Migrated:
    """Works on one repository in the process of a worker; each of its threads keeps a process of its own for that.

    Args:
        job: The repository, and what to do with it.
        wanted: The release of who asks.

    Raises:
        OtherRelease: The worker's is another.
    """
    if release() != wanted:
        raise OtherRelease(release())
    repository = job.repository
    if repository.is_directory and not Path(repository.source).is_dir():
        why = missing(Path(repository.source))
        return failed(job, f"{why} at a worker of the cluster; name an address that it can fetch from, or share it")
    if not hasattr(_own, "supervisor"):
        _own.supervisor = Supervisor()
    supervisor: Supervisor = _own.supervisor
    return supervisor.migrated(job)


def _result(future: Future, job: Job) -> Migrated:
    try:
        migrated = future.result(timeout=_ANSWER_SECONDS)
    except OtherRelease as error:
        raise MigrateError(_other("a worker", str(error), release())) from error
    except KilledWorker:
        return failed(job, "every worker that took it died")
    except (CancelledError, CommClosedError, OSError, TimeoutError) as error:
        # What a task itself says of these is in its record.
        raise _Lost from error
    except Exception as error:
        return failed(job, f"the worker failed: {type(error).__name__}: {error}")
    assert isinstance(migrated, Migrated)
    return migrated


def _other(worker: str, theirs: str, ours: str) -> str:
    return f"{worker}: has {theirs}, and this machine {ours}; install the same on all"


def _chained(again: deque[Job], source: Iterator[Job]) -> Iterator[Job]:
    while again:
        yield again.popleft()
    # Not `yield from`, which would close the source with this generator, and there is more in it.
    for job in source:  # noqa: UP028
        yield job
