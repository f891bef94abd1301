"""Rewrites files and directories, in one process or several: same results, same order."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from migrate.collecting import seldom_collected
from migrate.errors import MigrateError
from migrate.programs import reconciled
from migrate.results import Result
from migrate.settings import Settings, of_directory, read_settings
from migrate.source.files import SourceText, decode, is_notebook, may_export
from migrate.source.walk import Found, find_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migrate.choices import Choices
    from migrate.engine import Planned, Planner
    from migrate.source.notebook.document import NotebookText

T = TypeVar("T")

# Below this many files for each process, starting the processes takes longer than the work.
_FILES_PER_JOB = 4
_AHEAD = 8


def rewrite_paths(paths: Iterable[str | Path], settings: Settings | None = None, *, jobs: int = 1) -> Iterator[Result]:
    """Rewrites the Python files and notebooks under `paths` in memory; nothing is written.

    Files that cannot hold export code are passed over without a result. What goes wrong with one file is
    said in its result, and the others go on.

    Args:
        paths: Files and directories. Files are taken whatever their name, directories are walked.
        settings: What to do; read from the pyproject.toml above the paths where None.
        jobs: How many processes to use; 0 for one for every CPU.

    Yields:
        A result for each file that may hold export code or cannot be read, sorted within each path. All of them
        are known before the first is yielded: what one file can become depends on those it runs with.

    Raises:
        MigrateError: The settings cannot be read.
    """
    paths = list(paths)
    if settings is None:
        settings = read_settings(paths)
    settings = of_directory(settings, paths)
    found = list(find_files(paths, settings.exclude, settings.root))
    work = _Work(settings, _rewrite, _dead)
    with seldom_collected():
        results = list(_all(list(candidates(found, settings)), work, jobs or _cpus()))
        results = list(reconciled(results, found, settings, _rewrite))
    yield from results


def plan_files(todo: Sequence[Found], settings: Settings, *, jobs: int = 1) -> Iterator[Planned]:
    """The proposals for some files, as they come.

    Args:
        todo: The files.
        settings: What may be done.
        jobs: How many processes to use; 0 for one for every CPU.

    Yields:
        One for each file, in their order.
    """
    yield from _all(todo, _Work(settings, plan_file, _planned_dead), jobs or _cpus())


def plan_file(found: Found, settings: Settings, choices: Choices | None = None) -> Planned:
    """The proposals for one file.

    Args:
        found: The file.
        settings: What may be done.
        choices: What was decided about single sites, if anything was.

    Returns:
        The proposals; a result with an error where the file cannot be read.
    """
    from migrate.choices import Choices
    from migrate.engine import Planned

    read = _read(found)
    if isinstance(read, Result):
        return Planned(read)
    return plan_bytes(read, str(found.path), settings, choices or Choices())


@dataclass(frozen=True, slots=True)
class _Work(Generic[T]):
    """What is to be done with every file; it may be sent to another process.

    Attributes:
        settings: What may be done.
        do: Does it.
        dead: What comes out where the process dies that does it.
    """

    settings: Settings
    do: Callable[[Found, Settings], T]
    dead: Callable[[Found], T]


def _all(todo: Sequence[Found], work: _Work[T], jobs: int) -> Iterator[T]:
    jobs = min(jobs, len(todo) // _FILES_PER_JOB)
    if jobs < 2:
        yield from (work.do(one, work.settings) for one in todo)
    else:
        yield from _in_processes(todo, work, jobs)


def rewrite_bytes(data: bytes, path: str, settings: Settings) -> Result:
    """Rewrites one file given as bytes.

    Args:
        data: The content of the file.
        path: How to call it in the result.
        settings: What to do.

    Returns:
        The result; with an error where the bytes are no text of their encoding, or the engine fails.
    """
    from migrate.engine import Planned

    return _asked(data, path, settings, lambda planner: Planned(planner.result())).result


def plan_bytes(data: bytes, path: str, settings: Settings, choices: Choices) -> Planned:
    """The proposals for one file given as bytes.

    Args:
        data: The content of the file.
        path: How to call it in the result.
        settings: What may be done.
        choices: What was decided about single sites.

    Returns:
        The proposals; a result with an error where the bytes are no text of their encoding, or the engine fails.
    """
    return _asked(data, path, settings, lambda planner: planner.planned(choices))


def _asked(data: bytes, path: str, settings: Settings, ask: Callable[[Planner], Planned]) -> Planned:
    from migrate.engine import Planned, Planner

    try:
        source = _source(data, path)
    except MigrateError as error:
        return Planned(Result(path, "", "", error=str(error)))
    if not isinstance(source, SourceText) and not may_export(source.text.encode("utf-8", "replace"), _words(settings)):
        # Only texts and outputs of the notebook speak of exports: what its code is does not matter.
        return Planned(Result(path, source.text, source.text))
    if not isinstance(source, SourceText) and (wrong := _wrong_cell(source.text)) is not None:
        return Planned(Result(path, source.text, source.text, error=wrong))
    try:
        with seldom_collected():
            planned = ask(Planner(source.text, path, settings))
        if not isinstance(source, SourceText):
            planned = _of_cells(planned, source)
        return replace(planned, result=_checked(planned.result, source))
    except Exception as error:
        if os.environ.get("TF_MIGRATE_DEBUG") == "1":
            raise
        said = (str(error).splitlines() or [""])[0]
        said = f"internal error: {type(error).__name__}: {said}".rstrip(": ")
        return Planned(Result(path, source.text, source.text, error=said))


def _source(data: bytes, path: str) -> SourceText | NotebookText:
    if path.endswith(".ipynb") and not is_notebook(data):
        raise MigrateError("not a notebook: no JSON with an nbformat")
    return decode(data)


def _wrong_cell(program: str) -> str | None:
    """What is wrong with the cells of a notebook whose program as a whole is not."""
    from migrate.source.notebook.cells import unclosed
    from migrate.source.python2.convert import readable

    number = unclosed(readable(program))
    return None if number is None else f"not valid Python 3 in cell {number}: its code does not end there"


def _of_cells(planned: Planned, notebook: NotebookText) -> Planned:
    """What is planned for the program of a notebook, said of its cells."""
    from migrate.source.notebook.places import in_cells, result_in_cells

    proposals = tuple(
        replace(one, sites=tuple(in_cells(site, notebook) for site in one.sites)) for one in planned.proposals
    )
    return replace(planned, result=result_in_cells(planned.result, notebook), proposals=proposals)


def _words(settings: Settings) -> list[str]:
    return [wrapper.word for wrapper in settings.wrappers]


def _checked(result: Result, source: SourceText | NotebookText) -> Result:
    """The result, or an error in its place where the new text could not be written."""
    try:
        if result.changed:
            source.encode(result.after)
    except MigrateError as error:
        return replace(result, after=result.before, error=str(error))
    return result


def candidates(files: Iterable[Found], settings: Settings) -> Iterator[Found]:
    """Those files that may hold export code, and those that cannot be read.

    Args:
        files: The files of a tree.
        settings: What may be done.
    """
    words = _words(settings)
    for found in files:
        if found.error is None:
            try:
                if not may_export(found.path.read_bytes(), words):
                    continue
            except OSError as error:
                found = replace(found, error=_reason(error))
        yield found


def _rewrite(found: Found, settings: Settings) -> Result:
    read = _read(found)
    return read if isinstance(read, Result) else rewrite_bytes(read, str(found.path), settings)


def _read(found: Found) -> bytes | Result:
    """What a file holds, or the result that says why it cannot be read."""
    if found.error is not None:
        return Result(str(found.path), "", "", error=found.error)
    try:
        return found.path.read_bytes()
    except OSError as error:
        return Result(str(found.path), "", "", error=_reason(error))


def _dead(found: Found) -> Result:
    return Result(str(found.path), "", "", error="internal error: the process that read this file died")


def _planned_dead(found: Found) -> Planned:
    from migrate.engine import Planned

    return Planned(_dead(found))


def _in_processes(todo: Sequence[Found], work: _Work[T], jobs: int) -> Iterator[T]:
    """Works in a pool; when it breaks, the files under way go on one by one, each in a pool of its own."""
    left = deque(todo)
    while left:
        under_way: deque[tuple[Found, Future[T]]] = deque()
        pool = _pool(jobs)
        try:
            while left or under_way:
                while left and len(under_way) < jobs * _AHEAD:
                    under_way.append((left[0], pool.submit(work.do, left[0], work.settings)))
                    left.popleft()
                yield under_way[0][1].result()
                under_way.popleft()
        except BrokenProcessPool:
            suspects = [found for found, _ in under_way]
        else:
            return
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        for found in suspects:
            yield _alone(found, work)


def _alone(found: Found, work: _Work[T]) -> T:
    with _pool(1) as pool:
        try:
            return pool.submit(work.do, found, work.settings).result()
        except BrokenProcessPool:
            return work.dead(found)


def _pool(jobs: int) -> ProcessPoolExecutor:
    # Ctrl-C is for the parent; a worker that also took it would print a traceback.
    return ProcessPoolExecutor(jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))


def _cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
