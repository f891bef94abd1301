"""Work on this machine, in several processes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import SimpleQueue

from migrate.batch.engines import Observer
from migrate.batch.job import Job
from migrate.batch.record import Migrated
from migrate.batch.supervisor import Stopped, Supervisor


class LocalExecutor:
    """Works on as many repositories at once as there are processes.

    Args:
        jobs: How many processes.
    """

    def __init__(self, jobs: int) -> None:
        self._supervisors = [Supervisor() for _ in range(max(1, jobs))]

    def run(self, jobs: Iterable[Job], observe: Observer) -> Iterator[Migrated]:
        """Works on repositories; see `Executor`."""
        waiting: SimpleQueue[Job | None] = SimpleQueue()
        done: SimpleQueue[Migrated | BaseException] = SimpleQueue()
        under_way = 0
        source = iter(jobs)
        threads = [
            threading.Thread(target=_work, args=(one, waiting, done, observe), daemon=True) for one in self._supervisors
        ]
        for thread in threads:
            thread.start()
        try:
            for job in source:
                waiting.put(job)
                under_way += 1
                if under_way > len(threads):
                    yield _taken(done)
                    under_way -= 1
            while under_way:
                yield _taken(done)
                under_way -= 1
        finally:
            for _ in threads:
                waiting.put(None)

    def close(self) -> None:
        """Stops what is under way."""
        for supervisor in self._supervisors:
            supervisor.stop()


def _taken(done: SimpleQueue[Migrated | BaseException]) -> Migrated:
    migrated = done.get()
    if isinstance(migrated, BaseException):
        raise migrated
    return migrated


def _work(
    supervisor: Supervisor,
    waiting: SimpleQueue[Job | None],
    done: SimpleQueue[Migrated | BaseException],
    observe: Observer,
) -> None:
    while (job := waiting.get()) is not None:
        name = job.repository.name
        try:
            done.put(supervisor.migrated(job, lambda path, name=name: observe(name, path)))  # type: ignore[misc]
        except Stopped:
            return
        except BaseException as error:
            done.put(error)
            return
    supervisor.close()
