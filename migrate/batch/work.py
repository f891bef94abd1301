"""The work on one repository, in the process that does it."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from migrate.batch.commits import bundle, patch
from migrate.batch.job import Form, Job
from migrate.batch.record import FileRecord, Migrated, Record
from migrate.batch.source import Opened, opened
from migrate.errors import MigrateError
from migrate.paths import rewrite_bytes
from migrate.programs import reconciled
from migrate.results import Result
from migrate.source.files import may_export
from migrate.source.walk import Found, find_files
from migrate.write import bytes_of


def migrate_repository(job: Job, announce: Callable[[str], None], given_up: Mapping[str, str]) -> Migrated:
    """Fetches a repository, rewrites it in memory, and packs what changes.

    Args:
        job: The repository, and what to do with it.
        announce: Is called with each file before it is rewritten, and with an empty text when the last one is done.
        given_up: Files not to be rewritten, as they took too much before, and why.

    Returns:
        What became of it; where it cannot be worked on at all, the record says why.
    """
    started = time.monotonic()
    repository = job.repository
    record = Record(repository.name, repository.source, repository.ref)
    try:
        with tempfile.TemporaryDirectory(prefix="tf-migrate-") as scratch:
            files = opened(job, Path(scratch))
            with contextlib.chdir(files.root):
                migrated = _migrated(job, files, record, announce, given_up)
    except (MigrateError, OSError) as error:
        said = str(error) if isinstance(error, MigrateError) else error.strerror or str(error)
        migrated = Migrated(replace(record, error=said))
    return replace(migrated, seconds=time.monotonic() - started)


def _migrated(
    job: Job, files: Opened, record: Record, announce: Callable[[str], None], given_up: Mapping[str, str]
) -> Migrated:
    reading = _Reading(job, announce, given_up)
    results = list(reading.results())
    results += [Result(one.path, "", "", error=_too_large(job)) for one in files.passed if one.path.endswith(".py")]
    results.sort(key=lambda result: result.path)
    announce("")
    told = tuple(FileRecord.of(one) for one in results if one.sites or one.changed or one.error is not None)
    record = replace(record, commit=files.commit, python_files=reading.files, python_bytes=reading.bytes, files=told)
    changed = [(result, *bytes_of(result)) for result in results if result.changed]
    options = job.options
    return Migrated(
        record,
        patch(changed, options.commit),
        tuple((result.path, after) for result, _, after in changed) if options.form is Form.TREE else (),
        bundle(files, changed, options.commit) if options.form is Form.BRANCH else b"",
    )


def _too_large(job: Job) -> str:
    return f"larger than {job.options.limits.file_kib} KiB; passed over"


class _Reading:
    """Rewrites the files of the current directory one by one, and counts them."""

    def __init__(self, job: Job, announce: Callable[[str], None], given_up: Mapping[str, str]) -> None:
        self._job = job
        self._announce = announce
        self._given_up = given_up
        self.files = 0
        self.bytes = 0

    def results(self) -> Iterator[Result]:
        """The results, as `rewrite_paths` makes them."""
        settings = self._job.options.settings
        found = list(find_files([Path()], settings.exclude, settings.root))
        results = [result for one in found if (result := self._first(one)) is not None]
        return reconciled(results, found, settings, lambda one, other: self._rewritten(one, other) or _gone(one))

    def _first(self, found: Found) -> Result | None:
        self.files += 1
        return self._rewritten(found, self._job.options.settings, first=True)

    def _rewritten(self, found: Found, settings: object, *, first: bool = False) -> Result | None:
        from migrate.settings import Settings

        assert isinstance(settings, Settings)
        path = str(found.path)
        if path in self._given_up:
            return Result(path, "", "", error=self._given_up[path])
        if found.error is not None:
            return Result(path, "", "", error=found.error)
        try:
            size = found.path.stat(follow_symlinks=False).st_size
            if size > self._job.options.limits.file_kib * 1024:
                return Result(path, "", "", error=_too_large(self._job))
            data = found.path.read_bytes()
        except OSError as error:
            return Result(path, "", "", error=(error.strerror or str(error)).lower())
        if first:
            self.bytes += len(data)
        if not may_export(data, [wrapper.word for wrapper in settings.wrappers]):
            return None
        self._announce(path)
        return rewrite_bytes(data, path, settings)


def _gone(found: Found) -> Result:
    return Result(str(found.path), "", "", error="changed while it was being rewritten; run again")
