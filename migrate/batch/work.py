"""The work on one repository, in the process that does it."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from migrate.batch.commits import Changed, bundle, patch
from migrate.batch.job import Form, Job
from migrate.batch.proofs import proved
from migrate.batch.protocol import Started
from migrate.batch.record import FileRecord, Migrated, Record
from migrate.batch.regular import read_regular, too_large
from migrate.batch.source import Opened, opened
from migrate.errors import MigrateError
from migrate.paths import rewrite_bytes
from migrate.programs import reconciled
from migrate.results import Result
from migrate.settings import Settings
from migrate.source.files import may_export
from migrate.source.walk import Found, find_files
from migrate.write import bytes_of

Announce = Callable[[Started], None]

_GONE = "changed while it was being rewritten; run again"


def migrate_repository(job: Job, announce: Announce, given_up: Mapping[str, str]) -> Migrated:
    """Fetches a repository, rewrites it in memory, and packs what changes.

    Args:
        job: The repository, and what to do with it.
        announce: Is called before a file is rewritten or run, and when that is done.
        given_up: Files not to be rewritten, as they took too much before, and why.

    Returns:
        What became of it; where it cannot be worked on at all, the record says why.
    """
    started = time.monotonic()
    repository = job.repository
    record = Record(repository.name, repository.source, repository.ref)
    try:
        with tempfile.TemporaryDirectory(prefix="tf-migrate-", ignore_cleanup_errors=True) as scratch:
            files = opened(job, Path(scratch))
            with contextlib.chdir(files.root):
                migrated = _migrated(job, files, record, announce, given_up)
    except (MigrateError, OSError) as error:
        migrated = Migrated(replace(record, error=_said(error)))
    return replace(migrated, seconds=time.monotonic() - started)


def _migrated(job: Job, files: Opened, record: Record, announce: Announce, given_up: Mapping[str, str]) -> Migrated:
    options = job.options
    reading = _Reading(job, announce, given_up)
    results = list(reading.results())
    results += [
        Result(one.path, "", "", error=too_large(reading.largest)) for one in files.passed if _is_python(one.path)
    ]
    results.sort(key=lambda result: result.path)
    verdicts: dict[str, str] = {}
    if options.verify:
        results = [*proved(results, announce, verdicts)]
    results, changed = _changes(results, reading.largest)
    told = tuple(
        FileRecord.of(one, verdicts.get(one.path))
        for one in results
        if one.sites or one.changed or one.error is not None
    )
    record = replace(record, commit=files.commit, python_files=reading.files, python_bytes=reading.bytes, files=told)
    return Migrated(
        record,
        patch(changed, options.commit),
        tuple((result.path, after) for result, _, after in changed) if options.form is Form.TREE else (),
        bundle(files, changed, options.commit) if options.form is Form.BRANCH else b"",
    )


def _changes(results: list[Result], largest: int) -> tuple[list[Result], list[Changed]]:
    """The results, and the bytes of those that change; a file that has changed meanwhile gets an error."""
    kept: list[Result] = []
    changed: list[Changed] = []
    for result in results:
        if result.changed:
            try:
                changed.append((result, *bytes_of(result, read_regular(result.path, largest))))
            except (MigrateError, OSError) as error:
                result = replace(result, after=result.before, error=_said(error))
        kept.append(result)
    return kept, changed


class _Reading:
    """Rewrites the files of the current directory one by one, and counts them."""

    def __init__(self, job: Job, announce: Announce, given_up: Mapping[str, str]) -> None:
        # What is excluded is relative to the repository, whichever it is.
        self._settings = replace(job.options.settings, root=".")
        self._announce = announce
        self._given_up = given_up
        self._words = [wrapper.word for wrapper in self._settings.wrappers]
        self.largest = job.options.limits.file_kib * 1024
        self.files = 0
        self.bytes = 0

    def results(self) -> Iterator[Result]:
        """The results, as `rewrite_paths` makes them."""
        settings = self._settings
        results = [result for one in self._found() if (result := self._first(one)) is not None]
        seen: set[str] = set()
        for result in reconciled(
            results, _Walk(self), settings, lambda one, other: self._rewritten(one, other) or _gone(one)
        ):
            seen.add(result.path)
            yield result
        # A file that is not there any more was not come to again.
        yield from (
            replace(one, after=one.before, error=_GONE) if one.error is None else one
            for one in results
            if one.path not in seen
        )

    def _found(self) -> Iterator[Found]:
        return find_files([Path()], self._settings.exclude, self._settings.root)

    def _first(self, found: Found) -> Result | None:
        self.files += 1
        return self._rewritten(found, self._settings, first=True)

    def _rewritten(self, found: Found, settings: Settings, *, first: bool = False) -> Result | None:
        path = str(found.path)
        if path in self._given_up:
            return Result(path, "", "", error=self._given_up[path])
        if found.error is not None:
            return Result(path, "", "", error=found.error)
        try:
            data = read_regular(path, self.largest)
        except (MigrateError, OSError) as error:
            return Result(path, "", "", error=_said(error))
        if first:
            self.bytes += len(data)
        if not may_export(data, self._words):
            return None
        self._announce(Started(path))
        try:
            return rewrite_bytes(data, path, settings)
        finally:
            self._announce(Started(""))


class _Walk:
    """The files of the current directory, looked for again each time: they are kept only where they are needed."""

    def __init__(self, reading: _Reading) -> None:
        self._reading = reading

    def __iter__(self) -> Iterator[Found]:
        return self._reading._found()


def _gone(found: Found) -> Result:
    return Result(str(found.path), "", "", error=_GONE)


def _is_python(path: str) -> bool:
    return path.endswith((".py", ".ipynb"))


def _said(error: MigrateError | OSError) -> str:
    return str(error) if isinstance(error, MigrateError) else (error.strerror or str(error)).lower()
