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
from typing import IO

from migrate.batch.git import command, environment, git
from migrate.errors import MigrateError

_REGULAR = (b"100644", b"100755", b"100664")
_REMOTE = "origin"
_ALSO = (".gitignore", "pyproject.toml")
_SOURCES = (".py", ".ipynb")
# No repository that is meant well has as many; a tree of trees may name them in a few hundred bytes.
_MOST_FILES = 5_000_000
_MOST_BYTES = 16 << 30


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


def fetch(source: str, ref: str, into: Path, *, largest: int | None) -> str:
    """Fetches one commit without its history.

    Args:
        source: A directory or an address.
        ref: A branch, tag or commit; empty for what HEAD names.
        into: An empty directory that becomes a bare repository.
        largest: Files above this size, in bytes, need not come; None to have them all.

    Returns:
        The hash of the commit.

    Raises:
        MigrateError: It cannot be fetched.
    """
    git(into, "init", "--quiet", "--bare", "--template=", ".")
    # Git takes a part of the objects only from a remote that it knows, and would ask it for each of the others later.
    known = [("url", source)]
    some: tuple[str, ...] = ()
    if largest is not None:
        known += [("promisor", "true"), ("partialclonefilter", f"blob:limit={largest}")]
        some = (f"--filter=blob:limit={largest}",)
        git(into, "config", "extensions.partialClone", _REMOTE)
    for key, value in known:
        git(into, "config", f"remote.{_REMOTE}.{key}", value)
    git(into, "fetch", "--quiet", "--no-tags", "--depth=1", *some, "--end-of-options", _REMOTE, ref or "HEAD")
    if largest is not None:
        git(into, "config", "--unset", "extensions.partialClone")
    git(into, "config", "--remove-section", f"remote.{_REMOTE}")
    return git(into, "rev-parse", "--verify", "--quiet", "FETCH_HEAD^{commit}").decode().strip()


def blobs(repository: Path, commit: str, *, everything: bool = False) -> Iterator[Blob]:
    """The Python files of a commit, with what says how to read them, in the order of their names.

    Args:
        repository: The bare repository.
        commit: The hash.
        everything: Whether to give all regular files, for programs that are run.

    Raises:
        MigrateError: Git fails, or there are more files than any repository has.
    """
    for number, entry in enumerate(_entries(repository, commit)):
        if number >= _MOST_FILES:
            raise MigrateError(f"has more than {_MOST_FILES} files")
        about, _, name = entry.partition(b"\t")
        parts = about.split(b" ")
        path = os.fsdecode(name)
        if len(parts) == 3 and parts[0] in _REGULAR and (everything or _is_wanted(path)) and _is_inside(path):
            yield Blob(path, parts[2].decode(), parts[0].decode())


def _entries(repository: Path, commit: str) -> Iterator[bytes]:
    """The files of a commit as git lists them, a part at a time: a few trees may name billions of them."""
    listing = ("ls-tree", "-r", "-z", "--full-tree", commit)
    with _started(repository, *listing, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        rest = b""
        try:
            while part := process.stdout.read(1 << 16):
                *entries, rest = (rest + part).split(b"\0")
                yield from entries
        except BaseException:
            process.kill()
            raise
        if process.wait():
            raise MigrateError(f"the files of {commit} cannot be listed")


def take_out(repository: Path, wanted: Sequence[Blob], into: Path, *, largest: int) -> list[TooLarge]:
    """Writes files of a commit into a directory.

    Args:
        repository: The bare repository.
        wanted: The files.
        into: A directory that is empty.
        largest: Larger Python files, in bytes, are passed over.

    Returns:
        Those that were passed over.

    Raises:
        MigrateError: Git fails, or the directory cannot be written.
    """
    passed: list[TooLarge] = []
    left = _MOST_BYTES
    with _started(repository, "cat-file", "--batch", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # In portions, so that neither side waits for the other with its pipe full.
        for start in range(0, len(wanted), 200):
            some = wanted[start : start + 200]
            try:
                process.stdin.write(b"".join(blob.id.encode() + b"\n" for blob in some))
                process.stdin.flush()
            except OSError as error:
                raise MigrateError("git cannot read the objects that it fetched") from error
            for blob in some:
                header = process.stdout.readline().split()
                if not header:
                    raise MigrateError("git cannot read the objects that it fetched")
                if len(header) != 3 or header[1] != b"blob":
                    passed.append(TooLarge(blob.path, None))
                    continue
                size = int(header[2])
                parts = _parts(process.stdout, size)
                if size > largest and blob.path.endswith(_SOURCES):
                    passed.append(TooLarge(blob.path, size))
                else:
                    left -= size
                    if left < 0:
                        process.kill()
                        raise MigrateError(f"has more than {_MOST_BYTES >> 30} GiB to be read")
                    _write(into, blob, parts)
                for _ in parts:  # what was not wanted of it
                    pass
                process.stdout.read(1)
        process.stdin.close()
    return passed


def _started(repository: Path, *args: str, stdin: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command(*args), cwd=repository, env=environment(), stdin=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise MigrateError(f"git cannot be run: {error.strerror}") from error


def _parts(stream: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        part = stream.read(min(size, 1 << 20))
        if not part:
            raise MigrateError("git cannot read the objects that it fetched")
        size -= len(part)
        yield part


def _write(into: Path, blob: Blob, parts: Iterator[bytes]) -> None:
    target = into / blob.path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for part in parts:
                file.write(part)
        if blob.mode == "100755":
            target.chmod(0o755)
    except (FileExistsError, NotADirectoryError):
        # Two names that this file system takes for one: the first stays.
        return
    except OSError as error:
        raise MigrateError(f"{blob.path}: cannot be written: {(error.strerror or str(error)).lower()}") from error


def _is_wanted(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(_SOURCES) or name in _ALSO


def _is_inside(path: str) -> bool:
    """Whether a path stays where it is put, on any file system; no tree that git made has another."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.lower().rstrip(". ") == ".git" or "\\" in part for part in parts)
