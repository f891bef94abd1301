"""One run: takes the repositories, has them worked on, and keeps what comes out; it may be killed at any moment."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from migrate.batch.engines import Executor, Observer
from migrate.batch.job import Job, Options
from migrate.batch.outputs import BUNDLES, PATCHES, RECORDS, TREES, Outputs, record_dict
from migrate.batch.record import Migrated
from migrate.batch.repository import Repository
from migrate.batch.state import State, Status
from migrate.errors import MigrateError

STATE = "state.sqlite"
_LOCK = "lock"


class Run:
    """A run in a directory.

    Args:
        directory: Where its state and its outputs are.
        state: The state.
        options: What is done.
    """

    def __init__(self, directory: Path, state: State, options: Options) -> None:
        self.directory = directory
        self.state = state
        self.options = options
        self._outputs = Outputs(directory, options)

    def work(self, executor: Executor, observe: Observer) -> Iterator[tuple[Repository, Migrated]]:
        """Works on all repositories that wait.

        Args:
            executor: Where.
            observe: Is told what goes on.

        Yields:
            Each repository that is done, when all about it is on the disk.

        Raises:
            MigrateError: The directory cannot be written any more; what is done stays done.
        """
        waiting = [row.repository for row in self.state.rows(Status.WAITING)]
        by_name = {repository.name: repository for repository in waiting}
        for migrated in executor.run((Job(one, self.options) for one in waiting), observe):
            repository = by_name[migrated.record.name]
            yield repository, self._kept(repository, migrated)

    def _kept(self, repository: Repository, migrated: Migrated) -> Migrated:
        try:
            self._outputs.write(repository, migrated)
        except MigrateError as error:
            migrated = replace(migrated, record=replace(migrated.record, error=str(error)))
        except OSError as error:
            said = error.strerror or str(error)
            raise MigrateError(f"{self.directory}: cannot be written: {said}; go on with --resume") from error
        status = Status.FAILED if migrated.record.error is not None else Status.DONE
        self.state.finish(repository.name, status, record_dict(migrated.record), migrated.seconds)
        return migrated


@contextmanager
def begun(
    directory: Path, repositories: Callable[[], Sequence[Repository]], options: Options, *, resume: bool
) -> Iterator[Run]:
    """A run to work on, new or gone on with; nobody else can work on it meanwhile.

    Args:
        directory: Where it is kept; made where it is missing.
        repositories: What it is about; asked where it is new.
        options: What is to be done.
        resume: Whether to go on with the run that is there.

    Raises:
        MigrateError: There is a run already, or none to go on with, or one with other options; or somebody else works
            on it.
    """
    database = directory / STATE
    if resume and not database.exists():
        raise MigrateError(f"{directory}: holds no run to go on with")
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MigrateError(f"{directory}: cannot be made: {error.strerror}") from error
    with _locked(directory):
        state = State(database)
        try:
            told = json.dumps(asdict(options), sort_keys=True, default=str)
            known = state.value("options")
            if known is None and resume:
                raise MigrateError(f"{directory}: holds no run to go on with")
            if known is not None and not resume:
                raise MigrateError(f"{directory}: holds a run already; go on with --resume, or name another directory")
            if known is None:
                state.begin(told, repositories())
            elif known != told:
                raise MigrateError(f"{directory}: the run was begun with other options; go on with the same ones")
            _remove_leftovers(directory)
            yield Run(directory, state, options)
        finally:
            state.close()


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    handle = os.open(directory / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MigrateError(f"{directory}: another tf-migrate works on it") from error
        yield
    finally:
        os.close(handle)


def _remove_leftovers(directory: Path) -> None:
    """Removes what a run that was killed had begun to write."""
    for kind in directory.iterdir():
        if kind.name in (PATCHES, RECORDS, BUNDLES, TREES):
            for leftover in kind.glob(".*"):
                if leftover.is_dir():
                    shutil.rmtree(leftover)
                else:
                    leftover.unlink()
