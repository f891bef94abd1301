"""What is known of a repository after it was worked on; the same wherever and whenever that was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from migrate.results import Result, Site


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of one file: a `migrate.results.Result` without the texts.

    Attributes:
        path: The file, relative to the top of its repository.
        changed: Whether the rewrite changes it.
        sites: Every site, in the order of the file.
        error: Why it could not be rewritten; None where it could.
        because: Why it changes without a site, where it does.
        verified: What came out where it was run, old and new; None where it was not.
    """

    path: str
    changed: bool
    sites: tuple[Site, ...] = ()
    error: str | None = None
    because: str = ""
    verified: str | None = None

    @classmethod
    def of(cls, result: Result, verified: str | None = None) -> Self:
        """What there is to say about a result, and about its proof where there is one."""
        return cls(result.path, result.changed, result.sites, result.error, result.because, verified)


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one repository.

    Attributes:
        name: Its name in the run.
        source: Where it is from.
        ref: What was asked for.
        commit: What was read, as a hash; empty where git does not know.
        error: Why it could not be worked on; None where it was.
        python_files: Python files that were looked at.
        python_bytes: Their size.
        files: What is said about every file with a site, a change or an error, in the order of their names.
    """

    name: str
    source: str
    ref: str = ""
    commit: str = ""
    error: str | None = None
    python_files: int = 0
    python_bytes: int = 0
    files: tuple[FileRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Migrated:
    """A repository that was worked on.

    Attributes:
        record: What is said about it.
        patch: What changes, as a patch; empty where nothing does.
        files: The new content of every file that changes, by path, where that is wanted.
        bundle: The new branch as a git bundle, where that is wanted.
        seconds: How long it took, in seconds of wall-clock time.
    """

    record: Record
    patch: bytes = field(default=b"", repr=False)
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    bundle: bytes = field(default=b"", repr=False)
    seconds: float = 0
