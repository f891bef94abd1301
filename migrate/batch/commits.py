"""What changes in a repository, as mails that `git am` takes, and as commits in a git bundle."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrate.batch.git import git
from migrate.batch.job import Commit
from migrate.batch.source import Opened
from migrate.report.diff import unified_diff
from migrate.report.mail import changes, mail
from migrate.results import Result

Changed = tuple[Result, bytes, bytes]
"""A result, and the bytes of its file before and after."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One commit.

    Attributes:
        subject: The first line of its message.
        body: The rest.
        changed: The files it changes.
    """

    subject: str
    body: str
    changed: tuple[Changed, ...]

    @property
    def message(self) -> str:
        return f"{self.subject}\n\n{self.body}\n" if self.body else f"{self.subject}\n"


def patch(changed: Sequence[Changed], commit: Commit) -> bytes:
    """The changes as mails, one for every commit; empty where nothing changes.

    Args:
        changed: The files that change, in their order.
        commit: How commits are made.
    """
    steps = list(_steps(changed, commit))
    return b"".join(_mail(step, commit, number, len(steps)) for number, step in enumerate(steps, 1))


def bundle(opened: Opened, changed: Sequence[Changed], commit: Commit) -> bytes:
    """The changes as a branch that starts at the commit that was read, in a git bundle; empty where nothing changes.

    The commits have the date of the one they start at, so that they are the same whenever they are made.

    Args:
        opened: The repository.
        changed: The files that change, in their order.
        commit: How commits are made.

    Raises:
        MigrateError: Git fails.
    """
    repository = opened.repository
    if not changed or repository is None:
        return b""
    when = git(repository, "show", "--no-patch", "--format=%cI", opened.commit).decode().strip()
    name, _, address = commit.author.rstrip(">").partition("<")
    person = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", name.strip()), ("EMAIL", address.strip()), ("DATE", when))
    }
    index = {"GIT_INDEX_FILE": str(repository / "tf-migrate-index")}
    git(repository, "read-tree", opened.commit, variables=index)
    top = opened.commit
    for step in _steps(changed, commit):
        entries = b""
        for result, _, after in step.changed:
            name_ = os.fsencode(result.path)
            mode = git(repository, "ls-tree", "-z", "--full-tree", opened.commit, "--", result.path).split(b" ")[0]
            blob = git(repository, "hash-object", "-w", "--no-filters", "--stdin", data=after).strip()
            entries += mode + b" " + blob + b"\t" + name_ + b"\0"
        git(repository, "update-index", "-z", "--index-info", data=entries, variables=index)
        tree = git(repository, "write-tree", variables=index).decode().strip()
        top = git(
            repository, "commit-tree", "-p", top, tree, data=step.message.encode("utf-8", "surrogateescape"), variables=person
        ).decode().strip()  # fmt: skip
    branch = f"refs/heads/{commit.branch}"
    git(repository, "update-ref", branch, top)
    return git(repository, "bundle", "create", "--quiet", "-", branch, f"^{opened.commit}")


def _steps(changed: Sequence[Changed], commit: Commit) -> Iterator[_Step]:
    """The commits. A file with sites of several rules is in that of the first, so that each commit is whole."""
    if not changed:
        return
    if not commit.by_rule:
        yield _Step(commit.message, _body(changed), tuple(changed))
        return
    rules = sorted({_rule(result) for result, _, _ in changed})
    for rule in rules:
        some = [one for one in changed if _rule(one[0]) == rule]
        yield _Step(f"{commit.message} ({rule})" if rule else commit.message, _body(some), tuple(some))


def _rule(result: Result) -> str:
    """The rule of a file's first site; empty for a file that only changes with others, which then comes first."""
    return result.sites[0].rule if result.sites else ""


def _body(changed: Sequence[Changed]) -> str:
    return changes(result for result, _, _ in changed)


def _mail(step: _Step, commit: Commit, number: int, count: int) -> bytes:
    diff = b"".join(unified_diff(before, after, result.path) for result, before, after in step.changed)
    return mail(commit.author, step.subject, step.body, diff, number, count)
