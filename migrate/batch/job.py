"""What is to be done with one repository. All of it is plain data, which may be sent to another machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrate.batch.repository import Repository
from migrate.settings import Settings


class Form(StrEnum):
    """What a run gives for each repository."""

    PATCH = "patch"
    """A patch that `git am` takes."""
    BRANCH = "branch"
    """A branch, in the repository where it is a directory of this machine, and as a git bundle."""
    TREE = "tree"
    """The files that change, whole."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one repository may take before it is given up.

    Attributes:
        file_seconds: For one file, in seconds.
        repository_seconds: For all of it, with the fetching, in seconds.
        memory_mib: Memory of the process that works on it, in MiB.
        file_kib: Larger Python files are passed over, in KiB.
    """

    file_seconds: float = 60
    repository_seconds: float = 3600
    memory_mib: int = 4096
    file_kib: int = 2048


@dataclass(frozen=True, slots=True)
class Commit:
    """How commits are made.

    Attributes:
        author: `Name <address>`.
        message: The subject line.
        by_rule: Whether every rule gets a commit of its own.
        branch: The branch, where one is made.
    """

    author: str = "tf-migrate <tf-migrate@localhost>"
    message: str = "Export with TensorFlow 2"
    by_rule: bool = False
    branch: str = "tf-migrate"


@dataclass(frozen=True, slots=True)
class Options:
    """What is the same for all repositories of a run.

    A submodule is a repository of its own, with a history of its own: a patch of the repository that names it cannot
    change it. So it is never fetched with that, but is migrated where it is named itself.

    Attributes:
        settings: What may be done; what a repository says itself is not read.
        form: What is wanted.
        commit: How commits are made.
        limits: What a repository may take.
        verify: Whether changed scripts are run, old and new, and compared.
    """

    settings: Settings = Settings()  # noqa: RUF009 - a frozen value
    form: Form = Form.PATCH
    commit: Commit = Commit()
    limits: Limits = Limits()
    verify: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One repository, and what to do with it."""

    repository: Repository
    options: Options
