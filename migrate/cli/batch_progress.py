"""How far a run is: bars on a terminal, lines elsewhere, and a log file where one is wanted."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from migrate.batch.record import Migrated
from migrate.batch.repository import Repository
from migrate.batch.run import Run
from migrate.batch.state import Status
from migrate.cli.output import err
from migrate.errors import MigrateError
from migrate.report.text import one_line

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn, Task, TaskID


class Shown:
    """Tells what goes on.

    Args:
        total: The repositories of the run.
        done: Those that were done before.
        bars: Where bars are shown.
        lines: Whether each repository gets a line on stderr.
        log: Where each gets one, too.
    """

    def __init__(
        self, total: int, done: int, *, bars: Progress | None = None, lines: bool = False, log: IO[str] | None = None
    ) -> None:
        self._total = total
        self._done = done
        self._bars = bars
        self._lines = lines
        self._log = log
        self._files = 0
        self._lock = threading.Lock()
        self._tasks: tuple[TaskID, TaskID] | None = None
        if bars is not None:
            self._tasks = (
                bars.add_task("repositories", total=total, completed=done),
                bars.add_task("files", total=None),
            )

    def begins(self, name: str, path: str) -> None:
        """A file is begun, or a repository where the path is empty; called from any thread."""
        if not path:
            return
        with self._lock:
            self._files += 1
            if self._bars is not None and self._tasks is not None:
                said = f"files  {one_line(f'{name}: {path}')}"[:60]
                self._bars.update(self._tasks[1], completed=self._files, description=said)

    def ends(self, repository: Repository, migrated: Migrated) -> None:
        """A repository is done, and all about it is on the disk."""
        record = migrated.record
        self._done += 1
        if self._bars is not None and self._tasks is not None:
            self._bars.update(self._tasks[0], completed=self._done)
        sites = sum(len(file.sites) for file in record.files)
        changed = sum(file.changed for file in record.files)
        said = f"{record.python_files} files, {sites} sites, {changed} changed"
        said = f"failed: {record.error}" if record.error is not None else said
        line = one_line(f"[{self._done}/{self._total}] {repository.name}: {said} ({migrated.seconds:.1f} s)")
        if self._lines:
            err(f"{line}\n")
        if self._log is not None:
            self._log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}\n")
            self._log.flush()


def _rate_column() -> ProgressColumn:
    """How many are done in a second."""
    from rich.progress import ProgressColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed is not None else "")

    return Rate()


def opened_log(path: Path | None) -> IO[str] | None:
    """The log, to be written on at its end; None where none is wanted.

    Raises:
        MigrateError: It cannot be written.
    """
    try:
        return None if path is None else path.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise MigrateError(f"{path}: cannot be written: {error.strerror}") from error


@contextmanager
def progress(run: Run, *, quiet: bool, log: IO[str] | None) -> Iterator[Shown]:
    """Shows how far a run is.

    Args:
        run: The run.
        quiet: Whether to show nothing.
        log: Where every repository gets a line; closed in the end.
    """
    counts = run.state.counts()
    total, done = sum(counts.values()), counts[Status.DONE] + counts[Status.FAILED]
    with ExitStack() as stack:
        if log is not None:
            stack.enter_context(log)
        if quiet or not sys.stderr.isatty():
            yield Shown(total, done, lines=not quiet, log=log)
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _rate_column(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        yield Shown(total, done, bars=stack.enter_context(bars), log=log)
