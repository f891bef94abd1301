"""Where the work is done: on this machine, or on a cluster. All engines give the same results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from migrate.batch.job import Job
from migrate.batch.record import Migrated


class Observer(Protocol):
    """Is told what goes on; only for people, as it depends on the engine."""

    def __call__(self, name: str, path: str) -> None:
        """A file of a repository is begun."""


class Executor(Protocol):
    """Works on repositories."""

    def run(self, jobs: Iterable[Job], observe: Observer) -> Iterator[Migrated]:
        """Works on repositories.

        Args:
            jobs: The repositories; taken as there is room for them.
            observe: Is told what goes on; from any thread.

        Yields:
            What became of each, as it is known.
        """

    def close(self) -> None:
        """Stops what is under way, and lets go of everything."""


Connect = Callable[[], Executor]
