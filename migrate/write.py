"""Writes results to disk: whole or not at all, and never over what git could not bring back."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.atomic import replace_file
from migrate.errors import MigrateError
from migrate.places import absolute, common_directory
from migrate.source.files import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from migrate.results import Result

# No hook or file monitor of a foreign repository is to run, and its index is left alone. (A clean filter that
# it configures does run, as for every `git status`.)
_GIT = (
    "git",
    "--no-optional-locks",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
)
# Decisions of a review change while they are made, and are no source.
_DECISIONS = (b" .tf-migrate/review.json", b"/.tf-migrate/review.json")
_GIT_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")


def bytes_of(result: Result, data: bytes | None = None) -> tuple[bytes, bytes]:
    """The bytes of a changed file, before and after.

    Args:
        result: The result for the file.
        data: What the file held when it was read; read again from the path where None.

    Returns:
        The bytes that the file has, and those it is to have.

    Raises:
        MigrateError: The file is no longer what the result was made of. The message does not name the file.
        OSError: The file cannot be read.
    """
    if data is None:
        data = Path(result.path).read_bytes()
    try:
        source = decode(data)
    except MigrateError:
        source = None
    if source is None or source.text != result.before:
        raise MigrateError("changed while it was being rewritten; run again")
    return data, source.encode(result.after)


def write_results(results: Iterable[Result], *, allow_dirty: bool = False) -> list[Result]:
    """Writes the changed files in place.

    Args:
        results: The results; those without a change are passed through.
        allow_dirty: Whether to write also what git could not bring back.

    Returns:
        The results in the same order; a file that could not be written has an error and no change.

    Raises:
        MigrateError: A git work tree is dirty; then nothing has been written.
    """
    results = list(results)
    if not allow_dirty:
        refuse_dirty(result.path for result in results if result.changed)
    return [_attempt(result, write_result) for result in results]


def copy_results(results: Iterable[Result], paths: Iterable[str | Path], directory: Path) -> list[Result]:
    """Writes the changed files into another directory, under their places relative to what all paths share.

    Args:
        results: The results; those without a change are passed through, those in `directory` are left out.
        paths: The files and directories that the results are from.
        directory: Where to write; made where it is missing.

    Returns:
        The results in the same order; a file that could not be written has an error and no change.

    Raises:
        MigrateError: The sources are in `directory`, so that new files might replace others of theirs.
    """
    base = common_directory(paths)
    inside = absolute(directory)
    if base.is_relative_to(inside):
        raise MigrateError(f"{directory}: holds the files to rewrite; name another output directory, or use --write")

    def copy(result: Result) -> None:
        write_copy(result, directory / absolute(result.path).relative_to(base))

    sources = [result for result in results if inside not in absolute(result.path).parents]
    return [_attempt(result, copy) for result in sources]


def write_result(result: Result) -> None:
    """Writes the new text of a file in place; a symbolic link stays one and its target is written.

    Args:
        result: The result for the file.

    Raises:
        MigrateError: The file is read-only, or has changed since it was read. The message does not name it.
        OSError: The file cannot be read or written.
    """
    target = Path(os.path.realpath(result.path))
    _, after = bytes_of(result)
    status = target.stat()
    if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise MigrateError("read-only")
    replace_file(target, after, status)


def write_copy(result: Result, target: Path) -> None:
    """Writes the new text of a file to another place, with the mode of the file; makes the directories.

    Args:
        result: The result for the file.
        target: Where to write; replaced where it exists.

    Raises:
        MigrateError: The target is the file itself, or the file has changed since it was read. The message
            does not name it.
        OSError: The file cannot be read, or the target not written.
    """
    _, after = bytes_of(result)
    if target.exists() and target.samefile(result.path):
        raise MigrateError("the output directory would put the new text over it; use --write for that")
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(Path(os.path.realpath(target)), after, Path(result.path).stat())


def _attempt(result: Result, write: Callable[[Result], None]) -> Result:
    if not result.changed:
        return result
    try:
        write(result)
    except (MigrateError, OSError) as error:
        said = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        return replace(result, after=result.before, error=f"not written: {said}")
    return result


def refuse_dirty(paths: Iterable[str | Path]) -> None:
    """Refuses files whose present content git could not bring back.

    Files outside of any git work tree are fine, and so is everything where there is no git.

    Args:
        paths: The files about to be written.

    Raises:
        MigrateError: A work tree that holds one of them has uncommitted changes, does not track it, or cannot
            be asked.
    """
    trees: dict[Path, list[Path]] = {}
    tops: dict[Path, Path | None] = {}
    for path in paths:
        real = Path(os.path.realpath(path))
        if real.parent not in tops:
            tops[real.parent] = _work_tree(real.parent)
        top = tops[real.parent]
        if top is not None:
            trees.setdefault(top, []).append(real)
    hint = "commit first, or pass --allow-dirty"
    for top, files in trees.items():
        said = _git(
            top, "status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=all", "--no-renames"
        )
        dirty = [os.fsdecode(entry[3:]) for entry in said.split(b"\0") if entry and not entry.endswith(_DECISIONS)]
        if dirty:
            raise MigrateError(f"{top}: the git work tree has uncommitted changes ({dirty[0]}); {hint}")
        for start in range(0, len(files), 500):
            some = files[start : start + 500]
            names = [os.fspath(file.relative_to(top)) for file in some]
            tracked = set(map(os.fsdecode, _git(top, "ls-files", "-z", "--", *names).split(b"\0")))
            lost = [name for name in names if Path(name).as_posix() not in tracked]
            if lost:
                raise MigrateError(f"{top / lost[0]}: not tracked by git; {hint}")


def _work_tree(directory: Path) -> Path | None:
    if not any((above / ".git").exists() for above in (directory, *directory.parents)):
        return None
    try:
        out = _git(directory, "rev-parse", "--show-toplevel")
    except FileNotFoundError:
        return None
    except MigrateError as error:
        if "not a git repository" in str(error):
            return None
        raise
    return Path(os.path.realpath(os.fsdecode(out.removesuffix(b"\n"))))


def _git(directory: Path, *args: str) -> bytes:
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_VARIABLES}
    done = subprocess.run(
        [*_GIT, *args], cwd=directory, env={**environment, "LC_ALL": "C"}, capture_output=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr.decode(errors="replace").splitlines() or ["no message"])[0]
        raise MigrateError(f"{directory}: cannot ask git whether its files are committed ({said}); pass --allow-dirty")
    return done.stdout
