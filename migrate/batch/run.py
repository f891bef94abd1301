"""One run: takes the repositories, has them worked on, and keeps what comes out; it may be killed at any moment."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from migrate.batch.engines import Executor, Observer
from migrate.batch.job import Job, Options
from migrate.batch.options_json import from_json, to_json
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

    def reopen(self, names: Sequence[str], *, failed: bool) -> None:
        """Makes repositories wait again.

        Args:
            names: Which.
            failed: Whether those that failed are, too.

        Raises:
            MigrateError: One is not of this run.
        """
        known = {row.repository.name for row in self.state.rows()}
        for name in names:
            if name not in known:
                raise MigrateError(f"{self.directory}: the run has no repository {name!r}")
        those = [row.repository.name for row in self.state.rows(Status.FAILED)] if failed else []
        self.state.reopen([*names, *those])

    def report(self) -> None:
        """Writes the reports on all that is done by now."""
        from migrate.report.batch_files import write_reports

        write_reports(self.directory, self.state)

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
def begun(directory: Path, repositories: Sequence[Repository], options: Options) -> Iterator[Run]:
    """A new run; nobody else can work on it meanwhile.

    Args:
        directory: Where it is kept; made where it is missing.
        repositories: What it is about.
        options: What is to be done.

    Raises:
        MigrateError: There is a run already, or the directory cannot be made, or somebody else works on it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MigrateError(f"{directory}: cannot be made: {error.strerror}") from error
    with _opened(directory) as state:
        if state.options is not None:
            raise MigrateError(f"{directory}: holds a run already; go on with --resume, or name another directory")
        state.begin(to_json(options), repositories)
        yield Run(directory, state, options)


@contextmanager
def resumed(directory: Path) -> Iterator[Run]:
    """The run that a directory holds, to go on with; nobody else can work on it meanwhile.

    Args:
        directory: Where it is kept.

    Raises:
        MigrateError: There is none, or somebody else works on it.
    """
    nothing = f"{directory}: holds no run to go on with"
    if not (directory / STATE).exists():
        raise MigrateError(nothing)
    with _opened(directory) as state:
        if state.options is None:
            raise MigrateError(nothing)
        try:
            options = from_json(state.options)
        except ValueError as error:
            raise MigrateError(f"{directory / STATE}: {error}") from error
        _remove_leftovers(directory)
        yield Run(directory, state, options)


@contextmanager
def looked_at(directory: Path) -> Iterator[State]:
    """The state of the run that a directory holds, to look at, while somebody may work on it.

    Raises:
        MigrateError: There is none.
    """
    if not (directory / STATE).exists():
        raise MigrateError(f"{directory}: holds no run")
    state = State(directory / STATE)
    try:
        yield state
    finally:
        state.close()


@contextmanager
def _opened(directory: Path) -> Iterator[State]:
    with _locked(directory):
        state = State(directory / STATE)
        try:
            yield state
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
