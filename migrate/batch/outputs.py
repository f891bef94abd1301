"""What a run writes for each repository, below its directory: whole or not at all, and again the same."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from migrate.atomic import replace_file
from migrate.batch.git import git
from migrate.batch.job import Form, Options
from migrate.batch.record import Migrated, Record
from migrate.batch.repository import Repository, said_without_password, without_password
from migrate.errors import MigrateError
from migrate.report.json import site_dict
from migrate.results import Level

PATCHES = "patches"
RECORDS = "records"
BUNDLES = "bundles"
TREES = "trees"
VERSION = 1


class Outputs:
    """Writes what becomes of repositories.

    Args:
        directory: That of the run.
        options: What is wanted.
    """

    def __init__(self, directory: Path, options: Options) -> None:
        self._directory = directory
        self._options = options

    def write(self, repository: Repository, migrated: Migrated) -> None:
        """Writes everything about one repository; what was there of it before is replaced.

        Raises:
            MigrateError: The branch cannot be made in the repository.
            OSError: Something cannot be written.
        """
        name = repository.name
        self._put(PATCHES, f"{name}.patch", migrated.patch)
        self._put(BUNDLES, f"{name}.bundle", migrated.bundle)
        if self._options.form is Form.TREE:
            self._put_tree(name, migrated)
        if migrated.bundle and repository.is_directory:
            self._put_branch(repository, self._directory / BUNDLES / f"{name}.bundle")
        self._put(RECORDS, f"{name}.json", record_json(migrated.record).encode())

    def _put(self, kind: str, name: str, data: bytes) -> None:
        """Writes a file, or removes it where there is nothing to be in it."""
        target = self._directory / kind / name
        if not data:
            target.unlink(missing_ok=True)
            return
        target.parent.mkdir(exist_ok=True)
        replace_file(target, data)

    def _put_tree(self, name: str, migrated: Migrated) -> None:
        target = self._directory / TREES / name
        shutil.rmtree(target, ignore_errors=True)
        if not migrated.files:
            return
        target.parent.mkdir(exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=target.parent))
        try:
            for path, data in migrated.files:
                (new / path).parent.mkdir(parents=True, exist_ok=True)
                (new / path).write_bytes(data)
            new.chmod(0o777 & ~_umask())
            new.rename(target)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise

    def _put_branch(self, repository: Repository, bundle: Path) -> None:
        branch = f"refs/heads/{self._options.commit.branch}"
        try:
            git(
                Path(repository.source), "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                str(bundle.absolute()), f"{branch}:{branch}",
            )  # fmt: skip
        except MigrateError as error:
            said = f"the branch {self._options.commit.branch} is not made: {error}"
            raise MigrateError(f"{said}; remove it there, or name another with --branch") from error


def record_json(record: Record) -> str:
    """A record as a JSON document, with a newline in the end; the same wherever and whenever it was made."""
    return json.dumps(record_dict(record), indent=2, sort_keys=True) + "\n"


def record_dict(record: Record) -> dict[str, Any]:
    """A record as plain values."""
    levels = Counter(site.level for file in record.files for site in file.sites)
    summary = {
        "sites": sum(levels.values()),
        "levels": {level: levels[level] for level in Level},
        "changed": sum(file.changed for file in record.files),
        "errors": sum(file.error is not None for file in record.files),
    }
    shown = replace(
        record,
        source=without_password(record.source),
        error=None if record.error is None else said_without_password(record.error, record.source),
    )
    document = {"version": VERSION, **asdict(shown), "summary": summary}
    for file, known in zip(document["files"], shown.files, strict=True):
        file["sites"] = [site_dict(site) for site in known.sites]
    return document


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
