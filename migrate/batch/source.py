"""Where the files of a repository come from: a directory as it is, or a commit that is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from migrate.batch.git import git
from migrate.batch.job import Form, Job
from migrate.batch.objects import TooLarge, blobs, fetch, take_out
from migrate.errors import MigrateError


@dataclass(frozen=True, slots=True)
class Opened:
    """The files of a repository.

    Attributes:
        root: The directory they are in.
        commit: The hash of what was read; empty where git does not know.
        repository: The bare repository that holds the commit; None for a directory that is read as it is.
        passed: Files that were passed over because of their size.
    """

    root: Path
    commit: str
    repository: Path | None
    passed: tuple[TooLarge, ...] = ()


def opened(job: Job, scratch: Path) -> Opened:
    """Makes the files of a repository readable.

    A branch is made of what is committed, so that a directory is then read as its HEAD has it.

    Args:
        job: The repository, and what to do with it.
        scratch: An empty directory for what is fetched.

    Raises:
        MigrateError: It cannot be fetched, or is not there any more.
    """
    repository = job.repository
    if not repository.is_fetched and job.options.form is not Form.BRANCH:
        root = Path(repository.source)
        if not root.is_dir():
            raise MigrateError(missing(root))
        return Opened(root, _head(root), None)
    largest = job.options.limits.file_kib * 1024
    everything = job.options.verify
    bare, files = scratch / "repository.git", scratch / "files"
    bare.mkdir()
    files.mkdir()
    # Git never looks at it; it tells where the tree ends that imports and ignore files are looked for in.
    (files / ".git").mkdir()
    commit = fetch(repository.source, repository.ref, bare, largest=None if everything else largest)
    passed = take_out(bare, list(blobs(bare, commit, everything=everything)), files, largest=largest)
    return Opened(files, commit, bare, tuple(passed))


def missing(root: Path) -> str:
    """Why a directory cannot be read."""
    return "is no directory" if root.exists() else "no such directory"


def _head(root: Path) -> str:
    """The commit that a directory stands at; empty where it is no work tree of its own."""
    if not (root / ".git").exists():
        return ""
    try:
        return git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip()
    except MigrateError:
        return ""
