"""The Python files of a commit, taken out of git's objects; nothing is checked out, so nothing of it runs.

What a tree names is not to be trusted: only regular files are taken, and only to places below the directory they are
put into. Symbolic links and submodules are left out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrate.batch.git import command, environment, git
from migrate.errors import MigrateError

_REGULAR = (b"100644", b"100755", b"100664")
_REMOTE = "origin"
_ALSO = (".gitignore", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a commit.

    Attributes:
        path: Where it is, relative to the top.
        id: Its object.
        mode: Its mode, as git has it.
    """

    path: str
    id: str
    mode: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A file that is passed over.

    Attributes:
        path: Where it is.
        size: Its size in bytes; None where it was not even fetched.
    """

    path: str
    size: int | None


def fetch(source: str, ref: str, into: Path, *, largest: int) -> str:
    """Fetches one commit without its history.

    Args:
        source: A directory or an address.
        ref: A branch, tag or commit; empty for what HEAD names.
        into: An empty directory that becomes a bare repository.
        largest: Files above this size, in bytes, need not come.

    Returns:
        The hash of the commit.

    Raises:
        MigrateError: It cannot be fetched.
    """
    git(into, "init", "--quiet", "--bare", "--template=", ".")
    # Git takes a part of the objects only from a remote that it knows, and would ask it for each of the others later.
    remote = (("url", source), ("promisor", "true"), ("partialclonefilter", f"blob:limit={largest}"))
    for key, value in remote:
        git(into, "config", f"remote.{_REMOTE}.{key}", value)
    git(into, "config", "extensions.partialClone", _REMOTE)
    git(
        into, "fetch", "--quiet", "--no-tags", "--depth=1", f"--filter=blob:limit={largest}", "--end-of-options",
        _REMOTE, ref or "HEAD",
    )  # fmt: skip
    git(into, "config", "--unset", "extensions.partialClone")
    git(into, "config", "--remove-section", f"remote.{_REMOTE}")
    return git(into, "rev-parse", "--verify", "--quiet", "FETCH_HEAD^{commit}").decode().strip()


def blobs(repository: Path, commit: str) -> Iterator[Blob]:
    """The Python files of a commit, with what says how to read them, in the order of their names.

    Args:
        repository: The bare repository.
        commit: The hash.
    """
    for entry in git(repository, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        about, _, name = entry.partition(b"\t")
        parts = about.split(b" ")
        path = os.fsdecode(name)
        if len(parts) == 3 and parts[0] in _REGULAR and _is_wanted(path) and _is_inside(path):
            yield Blob(path, parts[2].decode(), parts[0].decode())


def take_out(repository: Path, wanted: Sequence[Blob], into: Path, *, largest: int) -> list[TooLarge]:
    """Writes files of a commit into a directory.

    Args:
        repository: The bare repository.
        wanted: The files.
        into: A directory that is empty.
        largest: Larger files, in bytes, are passed over.

    Returns:
        Those that were passed over.

    Raises:
        MigrateError: Git fails, or the directory cannot be written.
    """
    passed: list[TooLarge] = []
    with subprocess.Popen(
        command("cat-file", "--batch"),
        cwd=repository,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # In portions, so that neither side waits for the other with its pipe full.
        for start in range(0, len(wanted), 200):
            some = wanted[start : start + 200]
            process.stdin.write(b"".join(blob.id.encode() + b"\n" for blob in some))
            process.stdin.flush()
            for blob in some:
                header = process.stdout.readline().split()
                if len(header) != 3 or header[1] != b"blob":
                    passed.append(TooLarge(blob.path, None))
                    continue
                size = int(header[2])
                data = process.stdout.read(size)
                process.stdout.read(1)
                if size > largest:
                    passed.append(TooLarge(blob.path, size))
                else:
                    _write(into, blob.path, data)
        process.stdin.close()
    return passed


def _write(into: Path, path: str, data: bytes) -> None:
    target = into / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(data)
    except FileExistsError:
        # Two names that this file system takes for one: the first stays.
        return
    except OSError as error:
        raise MigrateError(f"{path}: cannot be written to {into}: {error.strerror}") from error


def _is_wanted(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".py") or name in _ALSO


def _is_inside(path: str) -> bool:
    """Whether a path stays where it is put, on any file system; no tree that git made has another."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.lower().rstrip(". ") == ".git" or "\\" in part for part in parts)
